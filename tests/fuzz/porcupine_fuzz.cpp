// Operations of Porcupine and requests of etcd: nested objects, and pieces of them that are
// missing.
#include "tests/fuzz/any_history.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return capsize::checker::fuzz::read_as(data, size, "porcupine");
}
