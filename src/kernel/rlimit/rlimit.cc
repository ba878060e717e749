#include "kernel/rlimit/rlimit.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <array>

#include "base/strings.h"
#include "sys/process.h"

namespace cove::rlimit {
namespace {

struct Name {
  std::string_view name;
  int resource;
};

constexpr std::array kNames{
    Name{"as", RLIMIT_AS},           Name{"core", RLIMIT_CORE},         Name{"cpu", RLIMIT_CPU},
    Name{"data", RLIMIT_DATA},       Name{"fsize", RLIMIT_FSIZE},       Name{"locks", RLIMIT_LOCKS},
    Name{"memlock", RLIMIT_MEMLOCK}, Name{"msgqueue", RLIMIT_MSGQUEUE}, Name{"nice", RLIMIT_NICE},
    Name{"nofile", RLIMIT_NOFILE},   Name{"nproc", RLIMIT_NPROC},       Name{"rss", RLIMIT_RSS},
    Name{"rtprio", RLIMIT_RTPRIO},   Name{"rttime", RLIMIT_RTTIME},     Name{"sigpending", RLIMIT_SIGPENDING},
    Name{"stack", RLIMIT_STACK}};

std::optional<uint64_t> parse_value(std::string_view text) {
  if (text == "unlimited" || text == "-1") return kUnlimited;
  return parse_number<uint64_t>(text);
}

std::string print_value(uint64_t value) {
  return value == kUnlimited ? "unlimited" : fmt::format("{}", value);
}

std::string all_names() {
  std::string names;
  for (const Name& name : kNames) {
    names += names.empty() ? "" : ", ";
    names += name.name;
  }
  return names;
}

Error bad(std::string_view text, std::string_view reason) {
  Error error(ErrorCode::invalid_argument, fmt::format("resource limit {}: {}", quote(text), reason));
  error.set_hint("write NAME=SOFT or NAME=SOFT:HARD, as nofile=1024:2048 or core=unlimited");
  return error;
}

}  // namespace

std::string_view resource_name(int resource) noexcept {
  for (const Name& name : kNames) {
    if (name.resource == resource) return name.name;
  }
  return {};
}

std::optional<int> resource_number(std::string_view name) noexcept {
  for (const Name& known : kNames) {
    if (known.name == name) return known.resource;
  }
  return std::nullopt;
}

Result<Limit> parse_limit(std::string_view text) {
  const Halves halves = split_once(text, '=');
  if (!halves.second) return bad(text, "no value");
  const std::optional<int> resource = resource_number(halves.first);
  if (!resource) return bad(text, fmt::format("unknown name; use one of {}", all_names()));
  const Halves values = split_once(*halves.second, ':');
  const std::optional<uint64_t> soft = parse_value(values.first);
  const std::optional<uint64_t> hard = values.second ? parse_value(*values.second) : soft;
  if (!soft || !hard) return bad(text, "not a number");
  if (*soft > *hard) return bad(text, "the soft limit is above the hard one");
  return Limit{*resource, *soft, *hard};
}

std::string print_limit(const Limit& limit) {
  return fmt::format("{}={}:{}", resource_name(limit.resource), print_value(limit.soft),
                     print_value(limit.hard));
}

Status apply(const Limit& limit) {
  Status status = sys::set_resource_limit(limit.resource, limit.soft, limit.hard);
  if (!status && status.error().sys_errno() == EPERM) {
    status.error().add_context(print_limit(limit)).set_code(ErrorCode::limit_unenforceable);
    status.error().set_hint("raising a hard limit above cove's own needs CAP_SYS_RESOURCE: ask for less");
  }
  return status;
}

}  // namespace cove::rlimit
