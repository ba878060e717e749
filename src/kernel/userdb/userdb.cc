#include "kernel/userdb/userdb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::userdb {
namespace {

constexpr size_t kLargestPasswd = size_t{64} << 20;  // a million accounts

std::optional<uint32_t> parse_id(std::string_view text) noexcept {
  const auto id = parse_number<uint32_t>(text);
  return id && *id <= kMaxId ? id : std::nullopt;
}

// The first N fields of a line; those that it lacks are empty.
template <size_t N>
struct Fields {
  std::array<std::string_view, N> text;
  size_t count = 0;
};
template <size_t N>
Fields<N> split_fields(std::string_view line) noexcept {
  Fields<N> fields;
  std::optional<std::string_view> rest = line;
  while (rest && fields.count < N) {
    const Halves halves = split_once(*rest, ':');
    fields.text[fields.count++] = halves.first;
    rest = halves.second;
  }
  return fields;
}

// The next line with content off the front of `text`, without white space around it.
std::optional<std::string_view> next_entry(std::string_view& text) noexcept {
  while (const auto line = next_line(text)) {
    const std::string_view entry = trim(*line);
    if (!entry.empty() && entry[0] != '#') return entry;
  }
  return std::nullopt;
}

struct PasswdEntry {
  std::string_view name;
  uint32_t uid;
  uint32_t gid;
  std::string_view home;
  std::string_view shell;
};

// NAME:PASSWORD:UID:GID:GECOS:HOME:SHELL; the last three may be missing.
std::optional<PasswdEntry> parse_passwd_entry(std::string_view line) noexcept {
  const Fields<7> fields = split_fields<7>(line);
  if (fields.count < 4 || fields.text[0].empty()) return std::nullopt;
  const auto uid = parse_id(fields.text[2]);
  const auto gid = parse_id(fields.text[3]);
  if (!uid || !gid) return std::nullopt;
  return PasswdEntry{fields.text[0], *uid, *gid, fields.text[5], fields.text[6]};
}

template <typename Matches>
std::optional<PasswdEntry> find_passwd_entry(std::string_view passwd, Matches matches) {
  while (const auto line = next_entry(passwd)) {
    const auto entry = parse_passwd_entry(*line);
    if (entry && matches(*entry)) return entry;
  }
  return std::nullopt;
}

struct GroupEntry {
  std::string_view name;
  uint32_t gid;
  std::string_view members;
};

// NAME:PASSWORD:GID:MEMBER,MEMBER…
std::optional<GroupEntry> parse_group_entry(std::string_view line) noexcept {
  const Fields<4> fields = split_fields<4>(line);
  if (fields.count < 3 || fields.text[0].empty()) return std::nullopt;
  const auto gid = parse_id(fields.text[2]);
  if (!gid) return std::nullopt;
  return GroupEntry{fields.text[0], *gid, fields.text[3]};
}

bool lists_member(std::string_view members, std::string_view name) noexcept {
  std::optional<std::string_view> rest = members;
  while (rest) {
    const Halves halves = split_once(*rest, ',');
    if (halves.first == name) return true;
    rest = halves.second;
  }
  return false;
}

// What the group file has to answer, asked in one pass: it may be long, and so may the list of names.
struct GroupQuestions {
  std::map<std::string_view, std::optional<uint32_t>> names;  // the gid of each, once found
  std::string_view member;                                    // empty: nobody
  std::vector<uint32_t> member_of;
};
void ask_groups(std::string_view group, GroupQuestions& questions) {
  while (const auto line = next_entry(group)) {
    const auto entry = parse_group_entry(*line);
    if (!entry) continue;
    const auto asked = questions.names.find(entry->name);
    if (asked != questions.names.end() && !asked->second) asked->second = entry->gid;
    if (!questions.member.empty() && lists_member(entry->members, questions.member)) {
      questions.member_of.push_back(entry->gid);
    }
  }
}

// A name or an id of `what` ("user", "group"). The other character rules are those of useradd(8), loosely:
// what could be mistaken for a number or break a passwd line is refused.
struct NameOrId {
  std::string name;
  std::optional<uint32_t> id;
};
Result<NameOrId> parse_name_or_id(std::string_view text, std::string_view what) {
  const auto bad = [&](std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("{} {} {}", what, quote(text), why))
        .set_hint(fmt::format("give a {} name of the container, or a number from 0 to {}", what, kMaxId));
  };
  if (text.empty()) return bad("is empty");
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto id = parse_id(text);
    if (!id) return bad("is out of range");
    return NameOrId{{}, id};
  }
  if (text[0] == '-' || text[0] == '+') return bad("begins with a sign");
  const auto forbidden = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == ':' || c == ',' || c == '/' || c == '#';
  };
  if (std::any_of(text.begin(), text.end(), forbidden)) return bad("holds a character that no name has");
  return NameOrId{std::string(text), {}};
}

Error unknown(std::string_view what, std::string_view name, std::string_view path) {
  return Error(ErrorCode::user_unknown,
               fmt::format("no {} {} in the container's {}", what, quote(name), path))
      .set_hint(fmt::format(
          "name a {0} of the container's own {1}, or give a number; add it in the image with {0}add", what,
          path));
}

Status remove_doubles(std::vector<uint32_t>& groups) {
  std::set<uint32_t> seen;
  const auto end =
      std::remove_if(groups.begin(), groups.end(), [&](uint32_t gid) { return !seen.insert(gid).second; });
  groups.erase(end, groups.end());
  if (groups.size() <= kMaxGroups) return {};
  return Error(
      ErrorCode::invalid_argument,
      fmt::format("{} supplementary groups; the kernel takes at most {}", groups.size(), kMaxGroups));
}

bool usable_home(std::string_view home) noexcept {
  return home.starts_with('/') && home.find('\0') == std::string_view::npos;
}

// Everything but the groups.
Result<ResolvedUser> resolve_entry(const UserSpec& spec, std::string_view passwd) {
  const auto entry = find_passwd_entry(passwd, [&](const PasswdEntry& candidate) {
    return spec.uid ? candidate.uid == *spec.uid : candidate.name == spec.user;
  });
  if (!entry && !spec.uid) return unknown("user", spec.user, "/etc/passwd");
  ResolvedUser user;
  user.home = "/";
  if (!entry) {
    user.uid = *spec.uid;
    return user;
  }
  user.uid = entry->uid;
  user.gid = entry->gid;
  user.name = entry->name;
  user.shell = entry->shell;
  if (usable_home(entry->home)) user.home = entry->home;
  return user;
}

}  // namespace

Result<UserSpec> parse_user(std::string_view text) {
  const auto [user_text, group_text] = split_once(text, ':');
  NameOrId user = COVE_TRY(parse_name_or_id(user_text, "user"));
  UserSpec spec{std::move(user.name), user.id, {}, {}};
  if (group_text) {
    NameOrId group = COVE_TRY(parse_name_or_id(*group_text, "group"));
    spec.group = std::move(group.name);
    spec.gid = group.id;
  }
  return spec;
}

Result<ResolvedUser> resolve(const UserSpec& spec, std::span<const std::string> group_adds,
                             std::string_view passwd, std::string_view group) {
  ResolvedUser user = COVE_TRY(resolve_entry(spec, passwd));
  std::vector<NameOrId> adds;
  for (const std::string& text : group_adds) adds.push_back(COVE_TRY(parse_name_or_id(text, "group")));

  GroupQuestions questions;
  if (!spec.group.empty()) questions.names.emplace(spec.group, std::nullopt);
  for (const NameOrId& add : adds) {
    if (!add.id) questions.names.emplace(add.name, std::nullopt);
  }
  if (!spec.has_group()) questions.member = user.name;
  ask_groups(group, questions);
  for (const auto& [name, gid] : questions.names) {
    if (!gid) return unknown("group", name, "/etc/group");
  }

  if (spec.gid) user.gid = *spec.gid;
  if (!spec.group.empty()) user.gid = *questions.names.at(spec.group);
  user.groups.push_back(user.gid);
  user.groups.insert(user.groups.end(), questions.member_of.begin(), questions.member_of.end());
  for (const NameOrId& add : adds) user.groups.push_back(add.id ? *add.id : *questions.names.at(add.name));
  COVE_TRY(remove_doubles(user.groups));
  return user;
}

std::string_view find_name(std::string_view passwd, uint32_t uid) {
  const auto entry =
      find_passwd_entry(passwd, [&](const PasswdEntry& candidate) { return candidate.uid == uid; });
  return entry ? entry->name : std::string_view{};
}

std::string login_name(uint32_t uid, const char* passwd_path) {
  const Result<std::string> passwd = sys::read_file(passwd_path, kLargestPasswd);
  return passwd.ok() ? std::string(find_name(*passwd, uid)) : std::string();
}

}  // namespace cove::userdb
