// Who is in which namespace.
#include "engine/namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "engine/life.h"
#include "sys/file.h"
#include "sys/statfs.h"

namespace cove::engine {
namespace {

using launch::NamespaceKind;
using Who = NamespaceMember::Who;

// What cannot be read is of a process that has ended, or a kind that this kernel lacks.
void add_process(const std::string& process, Who who, const std::string& name,
                 std::vector<NamespaceMember>& members) {
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    const auto link = sys::read_link_at(
        AT_FDCWD, fmt::format("/proc/{}/ns/{}", process, launch::namespace_name(kind)).c_str());
    if (!link) continue;
    if (const auto inode = parse_namespace_link(*link, kind)) members.push_back({kind, *inode, who, name});
  }
}

void add_held(const Roots& roots, std::vector<NamespaceMember>& members) {
  const auto names = sys::list_directory(AT_FDCWD, (roots.run + "/ns").c_str());
  if (!names) return;
  for (const std::string& name : *names) {
    for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
      const auto kind = static_cast<NamespaceKind>(i);
      if (const auto inode = sys::namespace_inode(held_path(roots, name, kind).c_str()))
        members.push_back({kind, *inode, Who::holder, name});
    }
  }
}

}  // namespace

std::optional<uint64_t> parse_namespace_link(std::string_view text, NamespaceKind kind) {
  const Halves halves = split_once(text, ':');
  if (halves.first != launch::namespace_name(kind) || !halves.second) return std::nullopt;
  std::string_view number = *halves.second;
  if (number.size() < 2 || number.front() != '[' || number.back() != ']') return std::nullopt;
  return parse_number<uint64_t>(number.substr(1, number.size() - 2));
}

std::vector<NamespaceUse> group_namespaces(std::span<const NamespaceMember> members) {
  std::map<std::pair<NamespaceKind, uint64_t>, NamespaceUse> uses;
  for (const NamespaceMember& member : members) {
    NamespaceUse& use = uses[{member.kind, member.inode}];
    use.kind = member.kind;
    use.inode = member.inode;
    if (member.who == Who::container) use.containers.push_back(member.name);
    if (member.who == Who::holder) use.holders.push_back(member.name);
    if (member.who == Who::caller) use.caller = true;
  }
  std::vector<NamespaceUse> list;
  for (auto& [key, use] : uses) {
    if (use.containers.empty() && use.holders.empty()) continue;
    std::sort(use.containers.begin(), use.containers.end());
    std::sort(use.holders.begin(), use.holders.end());
    list.push_back(std::move(use));
  }
  return list;
}

Result<std::vector<NamespaceUse>> list_namespaces(const Roots& roots,
                                                  std::span<const std::string> references) {
  std::vector<NamespaceMember> members;
  add_process("self", Who::caller, {}, members);
  add_held(roots, members);
  std::vector<std::string> chosen;
  for (const std::string& reference : references) {
    const Container container = COVE_TRY(open_container(roots, reference, false));
    chosen.push_back(container.record.name);
  }
  // All of them: others may share what the chosen are in.
  for (const Container& container : COVE_TRY(load_all(roots))) {
    if (is_up(condition_of(container)))
      add_process(fmt::format("{}", container.state.pid), Who::container, container.record.name, members);
  }
  std::vector<NamespaceUse> uses = group_namespaces(members);
  if (chosen.empty()) return uses;
  std::erase_if(uses, [&](const NamespaceUse& use) {
    return std::none_of(use.containers.begin(), use.containers.end(), [&](const std::string& name) {
      return std::find(chosen.begin(), chosen.end(), name) != chosen.end();
    });
  });
  return uses;
}

}  // namespace cove::engine
