// --mount type=TYPE,KEY=VALUE,…
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/arguments.h"
#include "cli/mount_values.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

using sandbox::MountRequest;
using Type = MountRequest::Type;

struct TypeName {
  std::string_view name;
  Type type;
};
constexpr std::array kTypes{
    TypeName{"bind", Type::bind},     TypeName{"tmpfs", Type::tmpfs},   TypeName{"overlay", Type::overlay},
    TypeName{"proc", Type::proc},     TypeName{"sysfs", Type::sysfs},   TypeName{"devpts", Type::devpts},
    TypeName{"mqueue", Type::mqueue}, TypeName{"cgroup", Type::cgroup},
};

constexpr std::string_view kForm =
    "write type=TYPE,src=HOST,dst=TARGET, as type=bind,src=/srv/data,dst=/data,readonly";

// Fills one MountRequest from the fields; the type is known first.
class MountFields {
 public:
  MountFields(MountRequest& mount, Caller& caller) : mount_(mount), caller_(caller), words_(mount) {}

  Status apply(std::string_view field);
  Status finish();

 private:
  using Handler = Status (MountFields::*)(std::optional<std::string_view> value);
  struct Key {
    std::string_view name;
    bool bind, tmpfs, overlay, others;  // the types that have it
    Handler handler;
  };
  static const std::array<Key, 18> kKeys;

  static Result<std::string_view> wanted(std::optional<std::string_view> value);
  static Result<bool> truth(std::optional<std::string_view> value);
  [[nodiscard]] bool fits(const Key& key) const noexcept;
  Status set_path(std::string& path, std::optional<std::string_view> value);
  Status word(std::string_view text);

  Status source(std::optional<std::string_view> value) { return set_path(mount_.source, value); }
  Status upper(std::optional<std::string_view> value) { return set_path(mount_.upper, value); }
  Status work(std::optional<std::string_view> value) { return set_path(mount_.work, value); }
  Status target(std::optional<std::string_view> value);
  Status read_only(std::optional<std::string_view> value);
  Status propagation(std::optional<std::string_view> value);
  Status nonrecursive(std::optional<std::string_view> value);
  Status recursive(std::optional<std::string_view> value);
  Status relabel(std::optional<std::string_view> value);
  Status idmap(std::optional<std::string_view> value);
  Status size(std::optional<std::string_view> value);
  Status mode(std::optional<std::string_view> value);

  MountRequest& mount_;
  Caller& caller_;
  MountWords words_;
};

const std::array<MountFields::Key, 18> MountFields::kKeys{{
    {"source", true, false, true, false, &MountFields::source},
    {"src", true, false, true, false, &MountFields::source},
    {"lower", false, false, true, false, &MountFields::source},
    {"target", true, true, true, true, &MountFields::target},
    {"dst", true, true, true, true, &MountFields::target},
    {"destination", true, true, true, true, &MountFields::target},
    {"readonly", true, true, true, true, &MountFields::read_only},
    {"ro", true, true, true, true, &MountFields::read_only},
    {"bind-propagation", true, false, false, false, &MountFields::propagation},
    {"bind-nonrecursive", true, false, false, false, &MountFields::nonrecursive},
    {"bind-recursive", true, false, false, false, &MountFields::recursive},
    {"relabel", true, false, false, false, &MountFields::relabel},
    {"idmap", true, false, false, false, &MountFields::idmap},
    {"tmpfs-size", false, true, false, false, &MountFields::size},
    {"tmpfs-mode", false, true, false, false, &MountFields::mode},
    {"upper", false, false, true, false, &MountFields::upper},
    {"work", false, false, true, false, &MountFields::work},
    {"type", true, true, true, true, nullptr},
}};

bool MountFields::fits(const Key& key) const noexcept {
  switch (mount_.type) {
    case Type::bind:
      return key.bind;
    case Type::tmpfs:
      return key.tmpfs;
    case Type::overlay:
      return key.overlay;
    default:
      return key.others;
  }
}

Status MountFields::apply(std::string_view field) {
  const auto [name, value] = split_once(field, '=');
  for (const Key& key : kKeys) {
    if (key.name != name || !fits(key)) continue;
    if (key.handler == nullptr) return {};
    return (this->*key.handler)(value).context(name);
  }
  if (!value && name != "bind" && name != "rbind" && COVE_TRY(words_.apply(name))) return {};
  std::string hint = "the keys are";
  for (const Key& key : kKeys) {
    if (fits(key)) hint += fmt::format(" {},", key.name);
  }
  hint += " nosuid, nodev, noexec";
  return value_error(fmt::format("{} is not a key of this type of mount", quote(name)), std::move(hint));
}

Status MountFields::finish() {
  if (mount_.target.empty()) return value_error("has no target", std::string(kForm));
  const bool needs_source = mount_.type == Type::bind || mount_.type == Type::overlay;
  if (needs_source && mount_.source.empty()) return value_error("has no source", std::string(kForm));
  if (!mount_.work.empty() && mount_.upper.empty()) {
    return value_error("work is given without upper",
                       "name the directory that keeps the writes with upper=DIR");
  }
  return {};
}

Result<std::string_view> MountFields::wanted(std::optional<std::string_view> value) {
  if (!value || value->empty()) return value_error("has no value", "write KEY=VALUE");
  return *value;
}

Result<bool> MountFields::truth(std::optional<std::string_view> value) {
  if (!value) return true;
  const auto parsed = parse_bool(*value);
  if (!parsed) return value_error("neither true nor false", "leave the value out, or write true or false");
  return *parsed;
}

Status MountFields::set_path(std::string& path, std::optional<std::string_view> value) {
  if (!path.empty()) return value_error("is given twice", "leave one of the two out");
  const std::string_view text = COVE_TRY(wanted(value));
  path = COVE_TRY(caller_.absolute_path(text));
  return {};
}

Status MountFields::word(std::string_view text) {
  if (!COVE_TRY(words_.apply(text))) return Error(ErrorCode::internal, "an unknown word");
  return {};
}

Status MountFields::target(std::optional<std::string_view> value) {
  if (!mount_.target.empty()) return value_error("the target is given twice", "leave one of the two out");
  const std::string_view path = COVE_TRY(wanted(value));
  mount_.target = COVE_TRY(parse_target(path));
  return {};
}

Status MountFields::read_only(std::optional<std::string_view> value) {
  return word(COVE_TRY(truth(value)) ? "ro" : "rw");
}

Status MountFields::propagation(std::optional<std::string_view> value) {
  constexpr std::array<std::string_view, 6> kKinds{"private", "rprivate", "slave",
                                                   "rslave",  "shared",   "rshared"};
  const std::string_view kind = COVE_TRY(wanted(value));
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) {
    return value_error(fmt::format("{} is no propagation", quote(kind)),
                       "choose private, rprivate, slave, rslave, shared or rshared");
  }
  return word(kind);
}

Status MountFields::nonrecursive(std::optional<std::string_view> value) {
  return word(COVE_TRY(truth(value)) ? "bind" : "rbind");
}

Status MountFields::recursive(std::optional<std::string_view> value) {
  const std::string_view choice = COVE_TRY(wanted(value));
  if (choice == "enabled") return word("rbind");
  if (choice == "disabled") return word("bind");
  return value_error(fmt::format("{} is no choice", quote(choice)), "choose enabled or disabled");
}

Status MountFields::relabel(std::optional<std::string_view> value) {
  const std::string_view choice = COVE_TRY(wanted(value));
  if (choice == "shared") return word("z");
  if (choice == "private") return word("Z");
  return value_error(fmt::format("{} is no choice", quote(choice)), "choose shared or private");
}

Status MountFields::idmap(std::optional<std::string_view> value) {
  if (COVE_TRY(truth(value))) return word("idmap");
  return {};
}

Status MountFields::size(std::optional<std::string_view> value) {
  if (mount_.size_bytes != 0) return value_error("is given twice", "leave one of the two out");
  const std::string_view text = COVE_TRY(wanted(value));
  mount_.size_bytes = COVE_TRY(parse_positive_size(text));
  return {};
}

Status MountFields::mode(std::optional<std::string_view> value) {
  if (mount_.mode) return value_error("is given twice", "leave one of the two out");
  const std::string_view text = COVE_TRY(wanted(value));
  mount_.mode = COVE_TRY(parse_mode(text));
  return {};
}

Result<Type> mount_type(const std::vector<std::string>& fields) {
  constexpr std::string_view kPrefix = "type=";
  constexpr std::string_view kHint =
      "choose type=bind, tmpfs, overlay, proc, sysfs, devpts, mqueue or cgroup";
  const auto is_type = [kPrefix](const std::string& field) { return field.starts_with(kPrefix); };
  const auto found = std::find_if(fields.begin(), fields.end(), is_type);
  if (found == fields.end()) return value_error("has no type", std::string(kHint));
  if (std::count_if(fields.begin(), fields.end(), is_type) > 1)
    return value_error("has two types", std::string(kHint));
  const std::string_view name = std::string_view(*found).substr(kPrefix.size());
  for (const TypeName& known : kTypes) {
    if (known.name == name) return known.type;
  }
  if (name == "image") {
    return value_error(fmt::format("type {} is not available in this version", quote(name)),
                       std::string(kHint));
  }
  return value_error(fmt::format("type {} is unknown", quote(name)), std::string(kHint));
}

}  // namespace

// The fields of one record. A field in quotation marks may hold commas, and quotation marks doubled.
Result<std::vector<std::string>> split_record(std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && text.substr(i + 1, 1) == "\"") {
      fields.back() += c;
      ++i;
    } else if (quoted && c == '"') {
      quoted = false;
      if (i + 1 < text.size() && text[i + 1] != ',') {
        return value_error("text follows a closing quotation mark", "put the whole field in quotation marks");
      }
    } else if (!quoted && c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (!quoted && c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return value_error("a quotation mark is not closed", "end the field with one more");
  return fields;
}

Result<MountRequest> parse_mount(std::string_view text, Caller& caller) {
  const auto fields = COVE_TRY(split_record(text));
  MountRequest mount;
  mount.type = COVE_TRY(mount_type(fields));
  MountFields parser(mount, caller);
  for (const std::string& field : fields) COVE_TRY(parser.apply(field));
  COVE_TRY(parser.finish());
  return mount;
}

}  // namespace cove::cli
