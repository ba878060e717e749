#include "kernel/procfs/mountinfo.h"

#include <fmt/format.h>

#include <optional>

#include "base/strings.h"

namespace cove::procfs {
namespace {

constexpr size_t kEscapeLength = 4;  // \ooo

bool is_octal(char c) noexcept {
  return c >= '0' && c <= '7';
}

// Whether a backslash at `at` begins a well-formed escape.
bool is_escape(std::string_view text, size_t at) noexcept {
  return at + kEscapeLength <= text.size() && text[at + 1] >= '0' && text[at + 1] <= '3' &&
         is_octal(text[at + 2]) && is_octal(text[at + 3]);
}

bool escapes_well_formed(std::string_view text) noexcept {
  for (size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + kEscapeLength)) {
    if (!is_escape(text, at)) return false;
  }
  return true;
}

Error malformed(std::string_view line, std::string_view what) {
  return Error(ErrorCode::invalid_argument, fmt::format("mountinfo line {}: {}", quote(line), what));
}

// Takes the text before the next space off the front; nothing when `rest` is used up.
std::optional<std::string_view> take_field(std::optional<std::string_view>& rest) noexcept {
  if (!rest) return std::nullopt;
  const Halves halves = split_once(*rest, ' ');
  rest = halves.second;
  return halves.first;
}

bool parse_ids(std::optional<std::string_view>& rest, Mount& mount) noexcept {
  const auto id = parse_number<uint32_t>(take_field(rest).value_or(""));
  const auto parent = parse_number<uint32_t>(take_field(rest).value_or(""));
  const Halves device = split_once(take_field(rest).value_or(""), ':');
  const auto major = parse_number<uint32_t>(device.first);
  const auto minor = parse_number<uint32_t>(device.second.value_or(""));
  if (!id || !parent || !major || !minor) return false;
  mount.id = *id;
  mount.parent_id = *parent;
  mount.major = *major;
  mount.minor = *minor;
  return true;
}

// A path, or what nsfs and the like print for one ("net:[4026531840]").
bool valid_root(std::string_view root) noexcept {
  return !root.empty() && (root.front() == '/' || root.find(":[") != std::string_view::npos) &&
         escapes_well_formed(root);
}

// Everything up to the field that is a lone "-".
bool take_optional_fields(std::optional<std::string_view>& rest, std::string_view& fields) noexcept {
  if (!rest) return false;
  const char* const begin = rest->data();
  const char* end = begin;
  while (const auto field = take_field(rest)) {
    if (*field == "-") {
      fields = std::string_view(begin, static_cast<size_t>(end - begin));
      return true;
    }
    if (field->empty()) return false;
    end = field->data() + field->size();
  }
  return false;
}

}  // namespace

Result<Mount> parse_mount(std::string_view line) {
  Mount mount;
  std::optional<std::string_view> rest = line;
  if (!parse_ids(rest, mount)) return malformed(line, "the ids are not \"ID PARENT MAJOR:MINOR\"");
  mount.root = take_field(rest).value_or("");
  if (!valid_root(mount.root)) return malformed(line, "the root is not a path");
  mount.mount_point = take_field(rest).value_or("");
  if (!mount.mount_point.starts_with('/') || !escapes_well_formed(mount.mount_point)) {
    return malformed(line, "the mount point is not an absolute path");
  }
  mount.options = take_field(rest).value_or("");
  if (mount.options.empty()) return malformed(line, "the mount options are missing");
  if (!take_optional_fields(rest, mount.optional_fields)) return malformed(line, "there is no \" - \"");
  mount.fs_type = take_field(rest).value_or("");
  if (mount.fs_type.empty() || !escapes_well_formed(mount.fs_type)) {
    return malformed(line, "the file system type is missing");
  }
  const auto source = take_field(rest);
  if (!source || !escapes_well_formed(*source)) return malformed(line, "the source is missing");
  mount.source = *source;
  // The rest of the line: some file systems print spaces in their options.
  if (!rest || rest->empty()) return malformed(line, "the superblock options are missing");
  mount.super_options = *rest;
  return mount;
}

std::string unescape(std::string_view field) {
  std::string text;
  text.reserve(field.size());
  for (size_t at = 0; at < field.size();) {
    if (field[at] == '\\' && is_escape(field, at)) {
      const int value = (field[at + 1] - '0') * 64 + (field[at + 2] - '0') * 8 + (field[at + 3] - '0');
      text += static_cast<char>(value);
      at += kEscapeLength;
    } else {
      text += field[at++];
    }
  }
  return text;
}

bool has_option(std::string_view options, std::string_view option) noexcept {
  std::optional<std::string_view> rest = options;
  while (rest) {
    const Halves halves = split_once(*rest, ',');
    if (halves.first == option) return true;
    rest = halves.second;
  }
  return false;
}

bool LineSplitter::next(std::string_view& line) {
  const size_t at = block_.find('\n');
  if (at == std::string_view::npos) {
    carry_.append(block_);
    block_ = {};
    return false;
  }
  line = block_.substr(0, at);
  block_.remove_prefix(at + 1);
  if (!carry_.empty()) {
    carry_.append(line);
    joined_.swap(carry_);
    carry_.clear();
    line = joined_;
  }
  return true;
}

}  // namespace cove::procfs
