// cas-register: read, write and compare-and-set.
#include "checker/explain/clash_choice.h"
#include "checker/explain/explainers.h"
#include "checker/models/register_operations.h"
#include "checker/registers/distinct_register.h"

namespace capsize::checker {
namespace {

const ModelRegistrar kRegistrar({
    .name = "cas-register",
    .summary = "a single value: read, write, cas [expected, new]",
    .generalised_by = {"kv"},
    .functions = {"read", "write", "cas"},
    .deciders = {{&kDistinctRegister, &choose_clash}},
    .explainers =
        {{&explain_failed_cas}, {&explain_register}, {&explain_value_count}, {&explain_by_moment}},
    .decode = &decode_register_operation,
    .plausible = nullptr,
    .initial = &initial_register,
    .step = &step_register,
    .needs = &register_needs,
});

}  // namespace
}  // namespace capsize::checker
