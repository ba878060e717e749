// Namespaces that are kept by a mount instead of a process.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include "engine/life.h"
#include "engine/namespaces.h"
#include "kernel/mount/kept_namespace.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/net.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"
#include "sys/statfs.h"

namespace cove::engine {
namespace {

using launch::NamespaceKind;

constexpr NamespaceKind kLasting[] = {NamespaceKind::network, NamespaceKind::uts, NamespaceKind::ipc,
                                      NamespaceKind::cgroup};

template <typename Act>
Status for_each_kind(const NamespaceSet& kinds, Act act) {
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    if (kinds[i]) COVE_TRY(act(static_cast<NamespaceKind>(i)));
  }
  return {};
}

Status check_lasting(const NamespaceSet& kinds) {
  return for_each_kind(kinds, [](NamespaceKind kind) -> Status {
    for (const NamespaceKind lasting : kLasting) {
      if (kind == lasting) return {};
    }
    Error error(ErrorCode::invalid_argument,
                fmt::format("a new {} namespace is of no use without a process of its own",
                            launch::namespace_name(kind)));
    error.set_hint("hold net, uts, ipc or cgroup; or a container's with --from CONTAINER");
    return error;
  });
}

// A process in new namespaces, which ends with this object.
class Maker {
 public:
  static Result<Maker> start(const NamespaceSet& kinds) {
    sys::CloneRequest request;
    // The cgroup namespace's root is where we are.
    COVE_TRY(for_each_kind(kinds, [&](NamespaceKind kind) -> Status {
      request.flags |= launch::namespace_clone_flag(kind);
      return {};
    }));
    sys::PipePair ready = COVE_TRY(sys::make_pipe());
    sys::PipePair gate = COVE_TRY(sys::make_pipe());
    sys::CloneResult child = COVE_TRY(sys::clone_process(request));
    if (child.pid == 0) {
      ready.read_end.reset();
      gate.write_end.reset();
      static_cast<void>(sys::set_parent_death_signal(SIGKILL));
      if (kinds[static_cast<size_t>(NamespaceKind::network)]) static_cast<void>(sys::set_interface_up("lo"));
      ready.write_end.reset();
      static_cast<void>(sys::read_all(gate.read_end.get(), "gate"));
      sys::exit_now(0);
    }
    Maker maker(child.pid, std::move(gate.write_end));
    ready.write_end.reset();
    COVE_TRY(sys::read_all(ready.read_end.get(), "new namespaces"));
    return maker;
  }
  Maker(Maker&&) noexcept = default;
  Maker& operator=(Maker&&) = delete;
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  ~Maker() {
    if (!gate_.valid()) return;
    gate_.reset();
    static_cast<void>(sys::wait_process(pid_));
  }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  Maker(pid_t pid, UniqueFd gate) : pid_(pid), gate_(std::move(gate)) {}
  pid_t pid_;
  UniqueFd gate_;
};

std::string holder_directory(const Roots& roots, std::string_view name) {
  return fmt::format("{}/ns/{}", roots.run, name);
}

Status keep(pid_t pid, NamespaceKind kind, const std::string& path) {
  COVE_TRY(sys::open_path(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0444));
  Status kept = mount::keep_namespace(pid, launch::namespace_name(kind), AT_FDCWD, path.c_str());
  if (kept || kind != NamespaceKind::mount || kept.error().sys_errno() != ELOOP) return kept;
  // So that none keeps itself: see mnt_ns_loop() in Linux.
  Error error(ErrorCode::unsupported,
              "a mount namespace can be kept only if it is newer than the one it is kept in", ELOOP);
  error.set_hint("keep it from this machine's first mount namespace, which is older than all");
  return error;
}

Status keep_all(const Roots& roots, const std::string& name, pid_t pid, const NamespaceSet& kinds) {
  const std::string directory = holder_directory(roots, name);
  COVE_TRY(sys::make_directories(roots.run + "/ns", 0700));
  const Status made = sys::make_directory_at(AT_FDCWD, directory.c_str(), 0700);
  if (!made && made.error().sys_errno() == EEXIST) {
    Error error(ErrorCode::stale_resource, fmt::format("the name {} is taken", name));
    error.set_hint("choose another, or remove it: cove ns rm " + name);
    return error;
  }
  COVE_TRY(Status(made));
  // `system check` leaves alone what somebody is at work on.
  const UniqueFd lock = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  COVE_TRY(sys::lock_exclusive(lock.get(), true));
  Status kept =
      for_each_kind(kinds, [&](NamespaceKind kind) { return keep(pid, kind, held_path(roots, name, kind)); });
  if (!kept) static_cast<void>(release_namespaces(roots, name));
  return kept;
}

Error needs_root() {
  Error error(ErrorCode::unsupported, "keeping a namespace without a process needs root: it is a mount");
  error.set_hint("keep a container instead, and name it: --network container:NAME");
  return error;
}

}  // namespace

std::string held_path(const Roots& roots, std::string_view name, NamespaceKind kind) {
  return fmt::format("{}/{}", holder_directory(roots, name), launch::namespace_name(kind));
}

Status hold_namespaces(const Roots& roots, const std::string& name, const HoldOptions& options) {
  if (!sys::is_effective_root()) return needs_root();
  if (options.from.empty()) {
    COVE_TRY(check_lasting(options.kinds));
    const Maker maker = COVE_TRY(Maker::start(options.kinds));
    return keep_all(roots, name, maker.pid(), options.kinds);
  }
  const Container container = COVE_TRY(open_container(roots, options.from, false));
  if (!is_up(condition_of(container))) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("container {} does not run: it has no namespaces", container.record.name));
  }
  return keep_all(roots, name, container.state.pid, options.kinds);
}

Status release_namespaces(const Roots& roots, const std::string& name) {
  const std::string directory = holder_directory(roots, name);
  if (!sys::exists(directory.c_str()))
    return Error(ErrorCode::not_found, fmt::format("no namespace is held as {}", name));
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const std::string path = held_path(roots, name, static_cast<NamespaceKind>(i));
    if (sys::namespace_inode(path.c_str())) COVE_TRY(sys::detach_mount(path.c_str()).context(path));
  }
  return sys::remove_tree_at(AT_FDCWD, directory.c_str());
}

}  // namespace cove::engine
