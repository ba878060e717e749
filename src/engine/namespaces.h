// The namespaces of containers: who shares which with whom, and how to enter or keep some. Called by the
// process that the user started. Sources: namespaces(7), setns(2).
//
//   RUN/ns/NAME/KIND   a namespace that is kept without a process: a bind mount of its file ("net", "uts" …)
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/launch.h"
#include "engine/store.h"
#include "launch/plan.h"

namespace cove::engine {

// A bit for each launch::NamespaceKind.
using NamespaceSet = std::bitset<launch::kNamespaceKinds>;

struct NamespaceUse {
  launch::NamespaceKind kind = launch::NamespaceKind::user;
  uint64_t inode = 0;                   // its identity: the number in /proc/PID/ns/KIND
  std::vector<std::string> containers;  // names, in order
  bool caller = false;                  // the calling process is in it: the host's, as it sees it
  std::vector<std::string> holders;     // names under which it is kept, in order
};

struct NamespaceMember {
  launch::NamespaceKind kind = launch::NamespaceKind::user;
  uint64_t inode = 0;
  enum class Who : uint8_t { container, caller, holder } who = Who::container;
  std::string name;
};
// A use for each namespace that a container is in or that is kept, by kind and inode. Pure.
std::vector<NamespaceUse> group_namespaces(std::span<const NamespaceMember> members);

// "net:[4026531840]" -> 4026531840; nothing if it is not of that kind or form. Pure.
std::optional<uint64_t> parse_namespace_link(std::string_view text, launch::NamespaceKind kind);

// Of all containers that are up, or of those that `references` name, and of what is kept.
Result<std::vector<NamespaceUse>> list_namespaces(const Roots& roots,
                                                  std::span<const std::string> references);

struct EnterOptions {
  NamespaceSet kinds;
  std::vector<std::string> command;
  std::vector<std::string> env;  // the whole environment
  std::string directory;         // to begin in; "/" if a mount namespace is entered
};
// Runs a command of this machine in some of a running container's namespaces, with all the rights that the
// caller has there: for looking into it, not for isolation. Whoever is not root enters the user namespace as
// well, without which the kernel opens none. Gives the exit status.
Result<int> enter_namespaces(const Roots& roots, std::string_view reference, const EnterOptions& options,
                             const Warn& warn);

struct HoldOptions {
  NamespaceSet kinds;
  std::string from;  // a running container whose namespaces are kept; empty: new ones are made
};
// Host path of a namespace that is kept under `name`.
std::string held_path(const Roots& roots, std::string_view name, launch::NamespaceKind kind);
// Errors: the name is taken; new ones of a kind that lives by a process (pid, mount, user, time); no root.
Status hold_namespaces(const Roots& roots, const std::string& name, const HoldOptions& options);
// ErrorCode::not_found.
Status release_namespaces(const Roots& roots, const std::string& name);

}  // namespace cove::engine
