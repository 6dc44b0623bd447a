// std::visit with one lambda per case.
#pragma once

namespace capsize::codec {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>  // clang 14 does not deduce aggregates by itself
Overloaded(F...)->Overloaded<F...>;

}  // namespace capsize::codec
