// cas-register: read, write and compare-and-set.
#include "checker/models/register_operations.h"

namespace capsize::checker {
namespace {

const ModelRegistrar kRegistrar({
    .name = "cas-register",
    .summary = "a single value: read, write, cas [expected, new]",
    .generalised_by = {"kv"},
    .functions = {"read", "write", "cas"},
    .deciders = {Decider::kDistinctRegister},
    .decode = &decode_register_operation,
    .plausible = nullptr,
    .initial = &initial_register,
    .step = &step_register,
    .needs = &register_needs,
});

}  // namespace
}  // namespace capsize::checker
