// The TOML library stays in this file.
#define TOML_EXCEPTIONS 0         // NOLINT(readability-identifier-naming): the library's name
#define TOML_ENABLE_FORMATTERS 0  // NOLINT(readability-identifier-naming)
#include <fmt/format.h>

#include <algorithm>

#include <toml++/toml.h>

#include "base/strings.h"
#include "registry/registries.h"

namespace cove::registry {
namespace {

// The keys of one table, with errors that name the file and the line.
class Table {
 public:
  Table(const toml::table& table, std::string_view file) : table_(table), file_(file) {}

  [[nodiscard]] std::string_view file() const noexcept { return file_; }

  [[nodiscard]] Error refuse(const toml::node& node, std::string_view why) const {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: line {}: {}", file_, node.source().begin.line, why));
  }

  Status read(std::string_view key, std::string& value) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto* text = node->as_string();
    if (text == nullptr) return refuse(*node, fmt::format("{} must be a string", key));
    value = text->get();
    return {};
  }

  Status read(std::string_view key, bool& value) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto* truth = node->as_boolean();
    if (truth == nullptr) return refuse(*node, fmt::format("{} must be true or false", key));
    value = truth->get();
    return {};
  }

  Status read(std::string_view key, std::vector<std::string>& values) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) return refuse(*node, fmt::format("{} must be a list of strings", key));
    values.clear();
    values.reserve(array->size());
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (text == nullptr) return refuse(element, fmt::format("{} must be a list of strings", key));
      values.push_back(text->get());
    }
    return {};
  }

  // Calls `each` for every table of the array of tables `key`.
  template <typename Each>
  Status tables(std::string_view key, Each each) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) return refuse(*node, fmt::format("{0} must be written as [[{0}]]", key));
    for (const toml::node& element : *array) {
      const toml::table* table = element.as_table();
      if (table == nullptr) return refuse(element, fmt::format("{0} must be written as [[{0}]]", key));
      COVE_TRY(each(Table(*table, file_), element));
    }
    return {};
  }

 private:
  const toml::table& table_;
  std::string_view file_;
};

Status check_location(const Table& table, const toml::node& node, std::string_view key,
                      std::string_view location) {
  const Halves halves = split_once(location, '/');
  const bool sound = image::is_domain(halves.first) &&
                     (!halves.second.has_value() || image::is_repository_path(*halves.second));
  if (sound) return {};
  return table.refuse(node, fmt::format("{} {} must be HOST[:PORT][/PATH]", key, quote(location)));
}

Result<Mirror> read_mirror(const Table& table, const toml::node& node) {
  Mirror mirror;
  std::string use = "all";
  COVE_TRY(table.read("location", mirror.location));
  COVE_TRY(table.read("insecure", mirror.insecure));
  COVE_TRY(table.read("pull-from-mirror", use));
  COVE_TRY(check_location(table, node, "location", mirror.location));
  if (use == "digest-only") {
    mirror.use = MirrorUse::digest_only;
  } else if (use == "tag-only") {
    mirror.use = MirrorUse::tag_only;
  } else if (use != "all") {
    return table.refuse(node,
                        fmt::format("pull-from-mirror {} is none of all, digest-only, tag-only", quote(use)));
  }
  return mirror;
}

Result<Registry> read_registry(const Table& table, const toml::node& node) {
  Registry registry;
  bool by_digest_only = false;
  COVE_TRY(table.read("prefix", registry.prefix));
  COVE_TRY(table.read("location", registry.location));
  COVE_TRY(table.read("insecure", registry.insecure));
  COVE_TRY(table.read("blocked", registry.blocked));
  COVE_TRY(table.read("mirror-by-digest-only", by_digest_only));
  if (registry.prefix.empty()) registry.prefix = registry.location;
  if (registry.prefix.empty()) return table.refuse(node, "a [[registry]] needs a prefix or a location");
  if (!registry.location.empty()) COVE_TRY(check_location(table, node, "location", registry.location));
  const std::string_view prefix = registry.prefix;
  COVE_TRY(check_location(table, node, "prefix", prefix.starts_with("*.") ? prefix.substr(2) : prefix));
  const auto add_mirror = [&](const Table& inner, const toml::node& place) -> Status {
    registry.mirrors.push_back(COVE_TRY(read_mirror(inner, place)));
    if (by_digest_only) registry.mirrors.back().use = MirrorUse::digest_only;
    return {};
  };
  COVE_TRY(table.tables("mirror", add_mirror));
  return registry;
}

template <typename List, typename Key>
void put(List& list, typename List::value_type item, Key key) {
  const auto same = std::ranges::find(list, key(item), key);
  if (same == list.end()) {
    list.push_back(std::move(item));
  } else {
    *same = std::move(item);
  }
}

Status read_aliases(const toml::table& root, const Table& table, Registries& registries) {
  const toml::node* node = root.get("aliases");
  if (node == nullptr) return {};
  const toml::table* aliases = node->as_table();
  if (aliases == nullptr) return table.refuse(*node, "aliases must be written as [aliases]");
  const auto name_of = [](const auto& alias) -> const std::string& { return alias.first; };
  for (const auto& [key, target] : *aliases) {
    const std::string name(key.str());
    const auto* text = target.as_string();
    if (text == nullptr)
      return table.refuse(target, fmt::format("the alias {} must be a string", quote(name)));
    if (text->get().empty()) {
      std::erase_if(registries.aliases, [&name](const auto& alias) { return alias.first == name; });
      continue;
    }
    const auto full = image::parse_reference(text->get());
    if (!full.ok() || full->domain.empty() || !full->tag.empty() || !full->digest.empty()) {
      return table.refuse(
          target, fmt::format("the alias {} must be HOST/NAME, without a tag or a digest", quote(name)));
    }
    put(registries.aliases, std::pair(name, text->get()), name_of);
  }
  return {};
}

Status read_mode(const toml::table& root, const Table& table, Registries& registries) {
  std::string mode;
  COVE_TRY(table.read("short-name-mode", mode));
  if (mode.empty()) return {};
  if (mode != "enforcing" && mode != "permissive" && mode != "disabled") {
    return table.refuse(
        *root.get("short-name-mode"),
        fmt::format("short-name-mode {} is none of enforcing, permissive, disabled", quote(mode)));
  }
  registries.mode = mode == "enforcing" ? ShortNameMode::enforcing : ShortNameMode::permissive;
  return {};
}

}  // namespace

Status merge_registries(std::string_view text, std::string_view file, Registries& registries) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (parsed.failed()) {
    const toml::parse_error& error = parsed.error();
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: line {}: {}", file, error.source().begin.line, quote(error.description())));
  }
  const toml::table& root = parsed.table();
  const Table table(root, file);
  if (const toml::node* old = root.get("registries"); old != nullptr) {
    return table.refuse(*old, "this is the old version 1 of the format")
        .set_hint(
            "write unqualified-search-registries and [[registry]] tables: containers-registries.conf(5)");
  }
  COVE_TRY(table.read("unqualified-search-registries", registries.search));
  for (const std::string& domain : registries.search) {
    if (!image::is_domain(domain)) {
      return Error(
          ErrorCode::invalid_argument,
          fmt::format("{}: {} of unqualified-search-registries must be HOST[:PORT]", file, quote(domain)));
    }
  }
  COVE_TRY(read_mode(root, table, registries));
  const auto add_registry = [&](const Table& inner, const toml::node& place) -> Status {
    put(registries.registries, COVE_TRY(read_registry(inner, place)),
        [](const Registry& registry) -> const std::string& { return registry.prefix; });
    return {};
  };
  COVE_TRY(table.tables("registry", add_registry));
  return read_aliases(root, table, registries);
}

}  // namespace cove::registry
