// What happened to containers and volumes: a line of JSON each, in the form of Docker's events, appended to
// DATA/events/events.jsonl. The file is put aside as events.1.jsonl when it has grown to kMaxEventBytes, so
// two files bound what is kept. Called by the process that the user started, and by the helpers of the
// monitor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/record.h"
#include "engine/roots.h"
#include "fields/types.h"

namespace cove::engine {

inline constexpr uint64_t kMaxEventBytes = uint64_t{8} << 20;
inline constexpr const char* kEventFile = "events.jsonl";
inline constexpr const char* kOlderEventFile = "events.1.jsonl";

struct Event {
  std::string type = "container";  // "container", "volume", "network"
  std::string action;              // "create", "start", "die" …
  std::string id;
  fields::StringMap attributes;
  int64_t time_ns = 0;  // 0: now
};

// Never fails its caller: an event that cannot be written is lost, which `system check` would not miss.
void record_event(const Roots& roots, Event event) noexcept;
// With the container's name, image and labels as attributes, as Docker has them, in front of `more`.
void container_event(const Roots& roots, const Record& record, std::string_view action,
                     fields::StringMap more = {}) noexcept;

std::string print_event(const Event& event);  // one line without its '\n'
Result<Event> parse_event(std::string_view line);

}  // namespace cove::engine
