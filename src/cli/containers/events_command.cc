// cove events
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/strings.h"
#include "base/time_text.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/format/list.h"
#include "cli/format/time_value.h"
#include "cli/format/time_zone.h"
#include "engine/event_feed.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

using format::FilterKey;
using format::Filters;
using format::Value;

constexpr int64_t kSecond = 1'000'000'000;

struct EventsRequest {
  std::string format;
  std::optional<int64_t> since;
  std::optional<int64_t> until;
  std::vector<std::string> filters;
};

Status set_format(EventsRequest& request, std::string_view value) {
  request.format = value;
  return {};
}

template <auto Member>
Status set_time(EventsRequest& request, std::string_view value) {
  request.*Member = COVE_TRY(format::parse_time(value, sys::real_time_nanoseconds()));
  return {};
}

constexpr std::array kEvents{
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "KEY=VALUE",
           .help = "Print events only for which this holds: container, event, image, label, type, volume, "
                   "scope",
           .use = Use::repeat,
           .set = setter<&add_filter<EventsRequest>>},
    Option{.name = "format",
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of each event",
           .set = setter<&set_format>},
    Option{.name = "since",
           .placeholder = "TIME",
           .help = "Print what has happened since: 10m (ago), 2026-11-24T15:04:05Z, or seconds since 1970",
           .set = setter<&set_time<&EventsRequest::since>>},
    Option{.name = "until",
           .placeholder = "TIME",
           .help = "End at this time; the forms of --since",
           .set = setter<&set_time<&EventsRequest::until>>},
};

constexpr std::array kKeys{FilterKey{.name = "container"}, FilterKey{.name = "event"},
                           FilterKey{.name = "image"},     FilterKey{.name = "label"},
                           FilterKey{.name = "type"},      FilterKey{.name = "volume"},
                           FilterKey{.name = "scope"}};

std::string_view attribute(const engine::Event& event, std::string_view key) {
  for (const auto& [name, value] : event.attributes) {
    if (name == key) return value;
  }
  return {};
}

// Of a kind of things: those of this id or name.
bool matches_actor(const Filters& filters, std::string_view kind, const engine::Event& event) {
  if (!filters.has(kind)) return true;
  return event.type == kind && filters.matches(kind, [&](std::string_view value) {
    return !value.empty() && (event.id.starts_with(value) || attribute(event, "name") == value);
  });
}

bool wanted(const Filters& filters, const engine::Event& event) {
  if (filters.empty()) return true;
  const format::Labels labels(event.attributes.begin(), event.attributes.end());
  const std::string_view action = event.action;
  return matches_actor(filters, "container", event) && matches_actor(filters, "volume", event) &&
         filters.matches_exactly("type", event.type) && filters.matches_exactly("scope", "local") &&
         filters.matches_exactly("image", attribute(event, "image")) && filters.matches_labels(labels) &&
         // "exec_create" is "exec_create: COMMAND", too.
         filters.matches("event", [&](std::string_view value) {
           return action == value || action.substr(0, action.find(':')) == value;
         });
}

// In the local zone.
TimeText time_text(int64_t nanoseconds) {
  return fixed_time_text(nanoseconds, format::local_zone().at(nanoseconds / kSecond).ahead);
}

std::string event_line(const engine::Event& event) {
  auto attributes = event.attributes;
  std::sort(attributes.begin(), attributes.end());
  std::string list;
  for (const auto& [key, value] : attributes)
    list += fmt::format("{}{}={}", list.empty() ? "" : ", ", key, value);
  const std::string text =
      fmt::format("{} {} {} {}", time_text(event.time_ns).view(), event.type, event.action, event.id);
  return format::harmless_text(list.empty() ? text : fmt::format("{} ({})", text, list)) + "\n";
}

Value event_object(const engine::Event& event) {
  Value attributes = Value::map();
  for (const auto& [key, value] : event.attributes) attributes.set(key, value);
  const bool container = event.type == "container";
  return Value::record({{"Status", container ? event.action : std::string()},
                        {"ID", container ? event.id : std::string()},
                        {"From", attribute(event, "image")},
                        {"Type", event.type},
                        {"Action", event.action},
                        {"Actor", Value::record({{"ID", event.id}, {"Attributes", attributes}})},
                        {"Scope", "local"},
                        {"Time", event.time_ns / kSecond},
                        {"TimeNano", event.time_ns}});
}

class Printer {
 public:
  Printer(std::string format, const format::Screen& screen) : format_(std::move(format)), screen_(screen) {
    if (format_ == "{{json .}}") format_ = "json";
    if (format_ != "json") format_ = format::resolve_format_escapes(format_);
  }

  Status print(const engine::Event& event) const {
    return sys::write_all(STDOUT_FILENO, COVE_TRY(text_of(event)), "standard output");
  }

 private:
  [[nodiscard]] Result<std::string> text_of(const engine::Event& event) const {
    if (format_.empty()) return event_line(event);
    if (format_ == "json") return engine::print_event(event) + "\n";
    return format::print_inspect({event_object(event)}, format_, screen_);
  }

  std::string format_;
  format::Screen screen_;
};

// What lies behind is looked through to its end: it need not be in the order of time.
Status print_events(const Invocation& invocation, const EventsRequest& request) {
  const int64_t now = sys::real_time_nanoseconds();
  const Filters filters = COVE_TRY(Filters::parse(request.filters, kKeys, now).context("--filter"));
  const Printer printer(request.format, screen_of(invocation));
  if (!request.format.empty()) COVE_TRY(format::Template::parse(request.format).context("--format"));
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  const bool follow = !request.until || *request.until > now;
  const bool past = request.since || request.until;
  engine::EventFeed feed = COVE_TRY(engine::EventFeed::open(roots, past, follow));
  while (true) {
    const std::optional<engine::Event> event = COVE_TRY(feed.next());
    if (event) {
      const bool in_time = event->time_ns >= request.since.value_or(event->time_ns) &&
                           event->time_ns <= request.until.value_or(event->time_ns);
      if (in_time && wanted(filters, *event)) COVE_TRY(printer.print(*event));
      continue;
    }
    if (!follow) return {};
    uint64_t deadline = sys::kNever;
    if (request.until) {
      const int64_t left = *request.until - sys::real_time_nanoseconds();
      if (left < 0) return {};
      deadline = sys::monotonic_nanoseconds() + static_cast<uint64_t>(left) + 1;
    }
    COVE_TRY(feed.wait(deadline));
  }
}

}  // namespace

constinit const OptionGroup kEventsOptions{"Options", kEvents};

int events_command(const Invocation& invocation) {
  EventsRequest request;
  const Parsed parsed = parse_command_line("events", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const Status printed = print_events(invocation, request);
  // Whoever read it has had enough.
  if (!printed && printed.error().sys_errno() == EPIPE) return kExitContainer;
  return printed ? 0 : fail_container(printed.error());
}

}  // namespace cove::cli
