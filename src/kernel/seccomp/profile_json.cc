#include "kernel/seccomp/profile_json.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/seccomp.h>

#include <optional>
#include <utility>

#include "base/strict_json.h"
#include "base/strings.h"
#include "kernel/seccomp/names.h"

namespace cove::seccomp {
namespace {

using json::Array;
using json::Member;
using json::Object;
using json::Value;

constexpr uint64_t kMaxErrno = 4095;           // the kernel's MAX_ERRNO
constexpr uint64_t kMaxTraceMessage = 0xffff;  // SECCOMP_RET_DATA
constexpr uint64_t kMaxKernelNumber = 255;

// Where a value lies in the document. The text is put together only for a message.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;
  size_t index = 0;  // counts when `key` is empty

  [[nodiscard]] Place at(std::string_view member) const { return {this, member, 0}; }
  [[nodiscard]] Place at(size_t element) const { return {this, {}, element}; }
  [[nodiscard]] std::string text() const {
    if (parent == nullptr) return {};
    std::string path = parent->text();
    if (key.empty()) return path + fmt::format("[{}]", index);
    if (!path.empty()) path += '.';
    return path.append(key);
  }
};

Error reject(const Place& place, std::string_view what) {
  Error error(ErrorCode::seccomp_profile, std::string(what));
  if (const std::string path = place.text(); !path.empty()) error.add_context(path);
  return error;
}

Error wrong_kind(const Place& place, std::string_view wanted, const Value& value) {
  return reject(place, fmt::format("must be {}, not {}", wanted, json::kind_name(value)));
}

Result<std::string_view> read_string(const Value& value, const Place& place) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return wrong_kind(place, "a string", value);
  return std::string_view(*text);
}

Result<uint64_t> read_number(const Value& value, const Place& place, uint64_t maximum) {
  const auto* number = std::get_if<uint64_t>(&value.data);
  if (number != nullptr && *number <= maximum) return *number;
  const std::string wanted = fmt::format("a whole number from 0 to {}", maximum);
  if (number == nullptr) return wrong_kind(place, wanted, value);
  return reject(place, fmt::format("must be {}, not {}", wanted, *number));
}

// Calls read(element, place of the element) for each element.
template <typename Read>
Status read_array(const Value& value, const Place& place, Read read) {
  const auto* array = std::get_if<Array>(&value.data);
  if (array == nullptr) return wrong_kind(place, "an array", value);
  for (size_t i = 0; i < array->size(); ++i) COVE_TRY(read((*array)[i], place.at(i)));
  return {};
}

// Calls read(key, value, place of the value) for each member that is not null.
template <typename Read>
Status read_object(const Value& value, const Place& place, Read read) {
  const auto* object = std::get_if<Object>(&value.data);
  if (object == nullptr) return wrong_kind(place, "an object", value);
  for (const Member& member : *object) {
    if (std::holds_alternative<std::nullptr_t>(member.value.data)) continue;
    COVE_TRY(read(std::string_view(member.key), member.value, place.at(member.key)));
  }
  return {};
}

Result<Action> read_action(const Value& value, const Place& place) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  if (const auto action = parse_action(name)) return *action;
  return reject(place, fmt::format("unknown action {}; use one of {}", quote(name), known_actions()));
}

Result<Comparison> read_comparison(const Value& value, const Place& place) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  if (const auto comparison = parse_comparison(name)) return *comparison;
  return reject(place, fmt::format("unknown operator {}; use one of {}", quote(name), known_comparisons()));
}

Result<Architecture> read_architecture(const Value& value, const Place& place) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  if (const auto architecture = parse_architecture(name)) return *architecture;
  return reject(place,
                fmt::format("unknown architecture {}; use one of {}", quote(name), known_architectures()));
}

Status read_architectures(const Value& value, const Place& place, std::vector<Architecture>& out) {
  return read_array(value, place, [&](const Value& element, const Place& at) -> Status {
    out.push_back(COVE_TRY(read_architecture(element, at)));
    return {};
  });
}

Status read_flag(const Value& value, const Place& place, unsigned& flags) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  const auto flag = parse_flag(name);
  if (!flag.has_value()) {
    return reject(place, fmt::format("unknown flag {}; use one of {}", quote(name), known_flags()));
  }
  flags |= *flag;
  return {};
}

// "4.8", as Docker writes it: exactly two numbers.
Result<sys::KernelVersion> read_kernel_version(const Value& value, const Place& place) {
  const std::string_view text = COVE_TRY(read_string(value, place));
  const Halves halves = split_once(text, '.');
  const auto version = parse_number<unsigned>(halves.first);
  const auto patchlevel = parse_number<unsigned>(halves.second.value_or(""));
  if (!version.has_value() || !patchlevel.has_value() || *version > kMaxKernelNumber ||
      *patchlevel > kMaxKernelNumber || (*version == 0 && *patchlevel == 0)) {
    return reject(place, fmt::format("must be a kernel version as '4.8', not {}", quote(text)));
  }
  return sys::KernelVersion{*version, *patchlevel};
}

// An action with its errno: the specification allows one only where the action can carry it.
Result<Verdict> make_verdict(Action action, const Value* errno_value, const Place& place) {
  const bool carries = action == Action::error || action == Action::trace;
  if (errno_value == nullptr) return Verdict{action, static_cast<uint16_t>(carries ? EPERM : 0)};
  if (!carries) {
    return reject(place,
                  fmt::format("{} has no errno; leave the field out, or use SCMP_ACT_ERRNO or SCMP_ACT_TRACE",
                              print_action(action)));
  }
  const uint64_t maximum = action == Action::error ? kMaxErrno : kMaxTraceMessage;
  return Verdict{action, static_cast<uint16_t>(COVE_TRY(read_number(*errno_value, place, maximum)))};
}

Status read_listener_path(const Value& value, const Place& place, std::string& out) {
  const std::string_view path = COVE_TRY(read_string(value, place));
  if (!path.empty() && (path[0] != '/' || path.find('\0') != std::string_view::npos)) {
    return reject(place, fmt::format("must be an absolute path, not {}", quote(path)));
  }
  out = path;
  return {};
}

// Objects whose fields are checked together once all are read.
struct MappingDraft {
  ArchitectureMapping mapping;
  bool named = false;
};
struct RuleDraft {
  SyscallRule rule;
  std::optional<Action> action;
  const Value* errno_value = nullptr;
  bool has_name = false;
  bool has_names = false;
};
struct ArgumentDraft {
  std::optional<uint64_t> index;
  std::optional<uint64_t> value;
  std::optional<Comparison> comparison;
  uint64_t value_two = 0;
};

class Reader {
 public:
  Result<Profile> read(const Value& document);

 private:
  Status read_top_field(std::string_view key, const Value& value, const Place& place);
  Status read_mapping(const Value& value, const Place& place);
  Status read_mapping_field(MappingDraft& draft, std::string_view key, const Value& value,
                            const Place& place);
  Status read_rule(const Value& value, const Place& place);
  Status read_rule_field(RuleDraft& draft, std::string_view key, const Value& value, const Place& place);
  Status read_argument(const Value& value, const Place& place, std::vector<ArgumentRule>& out);
  Status read_argument_field(ArgumentDraft& draft, std::string_view key, const Value& value,
                             const Place& place);
  Status read_filter(const Value& value, const Place& place, RuleFilter& out);
  Status read_filter_field(RuleFilter& out, std::string_view key, const Value& value, const Place& place);
  Status ignore(const Place& place) {
    profile_.unknown_keys.push_back(place.text());
    return {};
  }

  Profile profile_;
  std::optional<Action> default_action_;
  const Value* default_errno_ = nullptr;
  bool has_flags_ = false;
};

Result<Profile> Reader::read(const Value& document) {
  const Place top;
  COVE_TRY(read_object(document, top, [&](std::string_view key, const Value& value, const Place& place) {
    return read_top_field(key, value, place);
  }));
  if (!default_action_.has_value()) {
    return reject(top.at("defaultAction"), fmt::format("missing; use one of {}", known_actions()));
  }
  profile_.default_verdict =
      COVE_TRY(make_verdict(*default_action_, default_errno_, top.at("defaultErrnoRet")));
  if (!profile_.architectures.empty() && !profile_.architecture_map.empty()) {
    return reject(top.at("archMap"), "excludes 'architectures'; keep one of them");
  }
  if (!profile_.listener_metadata.empty() && profile_.listener_path.empty()) {
    return reject(top.at("listenerMetadata"), "counts only with 'listenerPath'; give both or none");
  }
  if (!has_flags_) profile_.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  return std::move(profile_);
}

Status Reader::read_top_field(std::string_view key, const Value& value, const Place& place) {
  if (key == "defaultAction") {
    default_action_ = COVE_TRY(read_action(value, place));
    return {};
  }
  if (key == "defaultErrnoRet") {
    default_errno_ = &value;
    return {};
  }
  if (key == "architectures") return read_architectures(value, place, profile_.architectures);
  if (key == "archMap") {
    return read_array(value, place,
                      [&](const Value& element, const Place& at) { return read_mapping(element, at); });
  }
  if (key == "flags") {
    has_flags_ = true;
    return read_array(value, place, [&](const Value& element, const Place& at) {
      return read_flag(element, at, profile_.flags);
    });
  }
  if (key == "syscalls") {
    return read_array(value, place,
                      [&](const Value& element, const Place& at) { return read_rule(element, at); });
  }
  if (key == "listenerPath") return read_listener_path(value, place, profile_.listener_path);
  if (key == "listenerMetadata") {
    profile_.listener_metadata = COVE_TRY(read_string(value, place));
    return {};
  }
  return ignore(place);
}

Status Reader::read_mapping(const Value& value, const Place& place) {
  MappingDraft draft;
  COVE_TRY(read_object(value, place, [&](std::string_view key, const Value& field, const Place& at) {
    return read_mapping_field(draft, key, field, at);
  }));
  if (!draft.named) return reject(place.at("architecture"), "missing");
  profile_.architecture_map.push_back(std::move(draft.mapping));
  return {};
}

Status Reader::read_mapping_field(MappingDraft& draft, std::string_view key, const Value& value,
                                  const Place& place) {
  if (key == "subArchitectures") return read_architectures(value, place, draft.mapping.sub_architectures);
  if (key != "architecture") return ignore(place);
  draft.mapping.architecture = COVE_TRY(read_architecture(value, place));
  draft.named = true;
  return {};
}

Status Reader::read_rule(const Value& value, const Place& place) {
  RuleDraft draft;
  COVE_TRY(read_object(value, place, [&](std::string_view key, const Value& field, const Place& at) {
    return read_rule_field(draft, key, field, at);
  }));
  if (draft.has_name && draft.has_names)
    return reject(place.at("name"), "excludes 'names'; keep one of them");
  if (draft.rule.names.empty()) return reject(place.at("names"), "must hold at least one system call");
  if (!draft.action.has_value()) {
    return reject(place.at("action"), fmt::format("missing; use one of {}", known_actions()));
  }
  draft.rule.verdict = COVE_TRY(make_verdict(*draft.action, draft.errno_value, place.at("errnoRet")));
  profile_.syscalls.push_back(std::move(draft.rule));
  return {};
}

Status read_name(const Value& value, const Place& place, std::vector<std::string>& out) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  if (name.empty()) return reject(place, "must be the name of a system call, not an empty string");
  out.emplace_back(name);
  return {};
}

Status Reader::read_rule_field(RuleDraft& draft, std::string_view key, const Value& value,
                               const Place& place) {
  if (key == "names") {
    draft.has_names = true;
    return read_array(value, place, [&](const Value& element, const Place& at) {
      return read_name(element, at, draft.rule.names);
    });
  }
  if (key == "name") {
    if (const auto* text = std::get_if<std::string>(&value.data); text != nullptr && text->empty()) return {};
    draft.has_name = true;
    return read_name(value, place, draft.rule.names);
  }
  if (key == "action") {
    draft.action = COVE_TRY(read_action(value, place));
    return {};
  }
  if (key == "errnoRet") {
    draft.errno_value = &value;
    return {};
  }
  if (key == "args") {
    return read_array(value, place, [&](const Value& element, const Place& at) {
      return read_argument(element, at, draft.rule.arguments);
    });
  }
  if (key == "includes") return read_filter(value, place, draft.rule.includes);
  if (key == "excludes") return read_filter(value, place, draft.rule.excludes);
  if (key == "comment") return {};
  return ignore(place);
}

Status Reader::read_argument(const Value& value, const Place& place, std::vector<ArgumentRule>& out) {
  ArgumentDraft draft;
  COVE_TRY(read_object(value, place, [&](std::string_view key, const Value& field, const Place& at) {
    return read_argument_field(draft, key, field, at);
  }));
  if (!draft.index.has_value()) return reject(place.at("index"), "missing; use 0 for the first argument");
  if (!draft.value.has_value()) return reject(place.at("value"), "missing");
  if (!draft.comparison.has_value()) {
    return reject(place.at("op"), fmt::format("missing; use one of {}", known_comparisons()));
  }
  out.push_back({static_cast<uint8_t>(*draft.index), *draft.comparison, *draft.value, draft.value_two});
  return {};
}

Status Reader::read_argument_field(ArgumentDraft& draft, std::string_view key, const Value& value,
                                   const Place& place) {
  if (key == "index") {
    draft.index = COVE_TRY(read_number(value, place, kArgumentCount - 1));
  } else if (key == "value") {
    draft.value = COVE_TRY(read_number(value, place, UINT64_MAX));
  } else if (key == "valueTwo") {
    draft.value_two = COVE_TRY(read_number(value, place, UINT64_MAX));
  } else if (key == "op") {
    draft.comparison = COVE_TRY(read_comparison(value, place));
  } else {
    return ignore(place);
  }
  return {};
}

Status Reader::read_filter(const Value& value, const Place& place, RuleFilter& out) {
  return read_object(value, place, [&](std::string_view key, const Value& field, const Place& at) {
    return read_filter_field(out, key, field, at);
  });
}

Status read_capability(const Value& value, const Place& place, caps::CapabilitySet& out) {
  const std::string_view name = COVE_TRY(read_string(value, place));
  const auto number = caps::capability_number(name);
  if (!number.has_value()) return reject(place, fmt::format("unknown capability {}", quote(name)));
  out.add(*number);
  return {};
}

Status Reader::read_filter_field(RuleFilter& out, std::string_view key, const Value& value,
                                 const Place& place) {
  if (key == "caps") {
    return read_array(value, place, [&](const Value& element, const Place& at) {
      return read_capability(element, at, out.capabilities);
    });
  }
  if (key == "arches") {
    return read_array(value, place, [&](const Value& element, const Place& at) -> Status {
      out.architectures.emplace_back(COVE_TRY(read_string(element, at)));
      return {};
    });
  }
  if (key == "minKernel") {
    // Docker takes an empty text for an absent one.
    if (COVE_TRY(read_string(value, place)).empty()) return {};
    out.min_kernel = COVE_TRY(read_kernel_version(value, place));
    return {};
  }
  return ignore(place);
}

}  // namespace

Result<Profile> parse_profile(std::string_view text) {
  auto document = json::parse(text);
  if (!document.ok()) {
    document.error().set_code(ErrorCode::seccomp_profile);
    return std::move(document).error();
  }
  return parse_profile(document.value());
}

Result<Profile> parse_profile(const json::Value& document) {
  return Reader().read(document);
}

}  // namespace cove::seccomp
