// The state of a container, and of a process for a seccomp agent. The first byte chooses.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec/state.h"
#include "spec_fuzz.h"

namespace {

std::string print_indented(const cove::spec::State& state) {
  return cove::spec::print_state(state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'p') {
    const auto state = spec::parse_process_state(text);
    if (!state.ok()) {
      fuzz::require_reason(state);
    } else {
      fuzz::require_round_trip<spec::ContainerProcessState>(*state, spec::print_process_state,
                                                            spec::parse_process_state);
    }
    return 0;
  }
  const auto state = spec::parse_state(text);
  if (!state.ok()) {
    fuzz::require_reason(state);
  } else {
    fuzz::require_round_trip<spec::State>(*state, print_indented, spec::parse_state);
  }
  return 0;
}
