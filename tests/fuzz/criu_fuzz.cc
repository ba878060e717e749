// What criu says, and the list beside its images: taken apart without reading past the end, and what is
// accepted can be written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/criu/message.h"
#include "kernel/criu/protobuf.h"
#include "runtime/criu_request.h"

namespace cove {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_fields(std::string_view rest) {
  const std::string_view all = rest;
  while (true) {
    const size_t before = rest.size();
    const auto field = criu::next_field(rest);
    if (!field.ok()) return require(field.error().code() == ErrorCode::protocol);
    if (!field->has_value()) return;
    const std::string_view text = (*field)->text;
    require(rest.size() < before && (*field)->number != 0);
    require(text.empty() ||
            (text.data() >= all.data() && text.data() + text.size() <= all.data() + all.size()));
  }
}

void check_response(std::string_view bytes) {
  const auto response = criu::parse_response(bytes);
  if (!response.ok()) return require(response.error().code() == ErrorCode::protocol);
  require(response->pid >= 0 && response->script_pid >= 0);
  const auto again = criu::parse_response(criu::print_failure(response->kind, response->message));
  require(again.ok() && again->kind == response->kind && again->message == response->message);
}

void check_stream_names(std::string_view text) {
  const auto names = runtime::parse_stream_names(text);
  if (!names.ok()) return;
  const auto again = runtime::parse_stream_names(runtime::print_stream_names(*names));
  require(again.ok() && *again == *names);
}

}  // namespace
}  // namespace cove

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  cove::check_fields(bytes);
  cove::check_response(bytes);
  cove::check_stream_names(bytes);
  return 0;
}
