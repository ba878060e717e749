#include "spec/state.h"

#include <array>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/writer.h"
#include "spec/fields.h"

namespace cove::spec {
namespace {

constexpr std::array<std::string_view, 5> kStatusNames{"creating", "created", "running", "paused", "stopped"};

}  // namespace

std::string_view status_name(ContainerStatus status) noexcept {
  return kStatusNames[static_cast<size_t>(status)];
}

std::optional<ContainerStatus> parse_status(std::string_view name) noexcept {
  for (size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<ContainerStatus>(i);
  }
  return std::nullopt;
}

// In the order of runc's own output, which scripts match as text.
void describe(FieldVisitor& v, State& state) {
  v.required("ociVersion", state.oci_version);
  v.required("id", state.id);
  v.always("pid", state.pid);
  std::string status(status_name(state.status));
  v.required("status", status);
  if (const auto known = parse_status(status)) {
    state.status = *known;
  } else {
    v.refuse("status", "unknown status " + quote(status));
  }
  v.required("bundle", state.bundle);
  v.field("rootfs", state.rootfs);
  v.field("created", state.created);
  v.field("annotations", state.annotations);
  v.field("owner", state.owner);
}

void describe(FieldVisitor& v, ContainerProcessState& state) {
  v.required("ociVersion", state.oci_version);
  v.field("fds", state.fds);
  v.required("pid", state.pid);
  v.field("metadata", state.metadata);
  v.field("state", state.state);
}

std::string print_state(const State& state, bool compact) {
  return fields::print_object(state, compact ? JsonWriter::Layout::compact : JsonWriter::Layout::indented);
}

Result<State> parse_state(std::string_view text) {
  State state;
  COVE_TRY(fields::read_into(text, state));
  if (state.pid < 0) return Error(ErrorCode::invalid_argument, "pid: must not be negative");
  return state;
}

std::string print_process_state(const ContainerProcessState& process_state) {
  return fields::print_object(process_state, JsonWriter::Layout::compact);
}

Result<ContainerProcessState> parse_process_state(std::string_view text) {
  ContainerProcessState process_state = COVE_TRY(fields::read_object<ContainerProcessState>(text));
  if (process_state.state.id.empty()) return Error(ErrorCode::invalid_argument, "state: must be given");
  return process_state;
}

}  // namespace cove::spec
