#include <fmt/format.h>

#include <array>
#include <span>

#include "cli/explain.h"
#include "cli/plan_words.h"
#include "cli/text_layout.h"
#include "kernel/caps/capability.h"
#include "kernel/seccomp/names.h"

namespace cove::cli {
namespace {

using launch::LaunchPlan;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;
using launch::RootKind;

constexpr size_t kColumn = 26;

// What each namespace is for, in the order of launch::NamespaceKind.
constexpr std::array<std::string_view, launch::kNamespaceKinds> kPurposes{
    "who is root, and who is who",     "which file systems there are",
    "which processes can be seen",     "host and domain name",
    "shared memory and queues",        "network devices, addresses, ports",
    "what the cgroup files look like", "clocks since the boot",
};

// Paths and variables may hold anything; a terminal must not obey it.
std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

class PlanText {
 public:
  PlanText(const LaunchPlan& plan, const seccomp::Summary* seccomp, const network::Request& networks)
      : plan_(plan), seccomp_(seccomp), networks_(networks) {}

  std::string text();

 private:
  void heading(std::string_view title, std::string_view explanation);
  void line(std::string_view left, std::string_view right);
  void list(std::string_view left, std::span<const std::string> items, std::string_view none);

  void namespaces();
  void ids();
  void root();
  void mounts();
  void cgroups();
  void privileges();
  void system_calls();
  void process();
  void notes();

  const LaunchPlan& plan_;
  const seccomp::Summary* seccomp_;
  const network::Request& networks_;
  std::string out_;
};

void PlanText::heading(std::string_view title, std::string_view explanation) {
  out_ += fmt::format("\n{}\n", title);
  append_paragraphs(out_, explanation);
}

void PlanText::line(std::string_view left, std::string_view right) {
  const std::string safe_left = without_controls(left);
  out_ += fmt::format("  {}", safe_left);
  size_t column = safe_left.size() + 2;
  if (column + 1 > kColumn) {
    out_ += '\n';
    column = 0;
  }
  out_.append(kColumn - column, ' ');
  append_wrapped(out_, without_controls(right), kColumn, kColumn);
  out_ += '\n';
}

void PlanText::list(std::string_view left, std::span<const std::string> items, std::string_view none) {
  if (items.empty()) line(left, none);
  for (const std::string& item : items) {
    line(left, item);
    left = {};
  }
}

void PlanText::namespaces() {
  heading("Namespaces", "What the command shares with this machine, and what it has for itself.");
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    const auto& ns = plan_.ns(kind);
    const std::string left = fmt::format("{:<8}{}", launch::namespace_name(kind),
                                         ns.mode == NamespaceMode::fresh  ? "its own"
                                         : ns.mode == NamespaceMode::join ? "joined"
                                                                          : "shared");
    std::string right(kPurposes[i]);
    if (ns.mode == NamespaceMode::join) right += fmt::format(": the one of {}", ns.path);
    if (kind == NamespaceKind::network && plan_.loopback_up) right += "; has a loopback interface";
    line(left, right);
  }
  if (!plan_.networks.empty()) line("networks", fmt::format("{}", fmt::join(plan_.networks, ", ")));
  if (networks_.egress.restricted) line("egress", network::print_egress(networks_.egress));
  if (networks_.rate.given()) line("network rate", network::print_net_rate(networks_.rate));
  if (!plan_.hostname.empty()) line("host name", plan_.hostname);
  if (!plan_.domainname.empty()) line("domain name", plan_.domainname);
  if (plan_.time_offsets.monotonic_ns != 0) {
    line("monotonic clock",
         fmt::format("shifted by {}", nanoseconds_in_words(plan_.time_offsets.monotonic_ns)));
  }
  if (plan_.time_offsets.boottime_ns != 0) {
    line("boot clock", fmt::format("shifted by {}", nanoseconds_in_words(plan_.time_offsets.boottime_ns)));
  }
  for (const auto& sysctl : plan_.sysctls) line("sysctl", fmt::format("{} = {}", sysctl.key, sysctl.value));
}

std::string range_in_words(const idmap::IdRange& range) {
  if (range.count == 1) return fmt::format("{} inside is {} outside", range.inside, range.outside);
  return fmt::format("{} to {} inside are {} to {} outside", range.inside, range.inside + (range.count - 1),
                     range.outside, range.outside + (range.count - 1));
}

void PlanText::ids() {
  if (!plan_.is_fresh(NamespaceKind::user)) return;
  heading("User and group ids", "Root inside is somebody else outside; ids that are not listed are nobody.");
  for (const auto& range : plan_.idmap.maps.uids) line("users", range_in_words(range));
  for (const auto& range : plan_.idmap.maps.gids) line("groups", range_in_words(range));
  const bool helper = plan_.idmap.writer == idmap::MapWriter::helper;
  line("written by",
       helper ? "newuidmap and newgidmap, which know the ids that are granted to you" : "cove itself");
  if (plan_.idmap.deny_setgroups)
    line("setgroups", "denied for good, as the kernel asks of a map without privileges");
}

void PlanText::root() {
  heading("Root file system", "The command sees this as / and nothing of what lies outside it.");
  const auto& root = plan_.root;
  switch (root.kind) {
    case RootKind::none:
      line("/", "this machine's own, or that of the joined mount namespace");
      return;
    case RootKind::bind:
      line("/", fmt::format("{} itself: writes change it", root.source));
      break;
    case RootKind::overlay:
      line("/", fmt::format("an overlay over {}, which stays as it is", root.source));
      break;
    case RootKind::tmpfs:
      line("/", "an empty file system in memory, filled by the mounts below");
      break;
  }
  if (root.idmapped) line("owners", "files appear with the sandbox's ids");
  if (root.read_only) {
    line("writes", "are forbidden");
  } else if (!root.upper.empty()) {
    line("writes", fmt::format("are kept in {}", root.upper));
  } else if (root.kind != RootKind::bind) {
    line("writes", "go to a layer in memory that is thrown away");
  }
  if (root.scratch_bytes != 0) line("size of the layer", bytes_in_words(root.scratch_bytes));
  if (root.upper_quota_bytes != 0) line("quota", bytes_in_words(root.upper_quota_bytes));
}

void PlanText::mounts() {
  if (plan_.mounts.empty()) return;
  heading("Mounts",
          "In this order, into the new root; then pivot_root(2) makes it / and the old one is let go.");
  for (const MountPlan& mount : plan_.mounts) line(mount.target, mount_in_words(mount));
}

void PlanText::cgroups() {
  const auto& cgroup = plan_.cgroup;
  heading("Control groups", "What all processes of the sandbox may use together, and what counts it.");
  if (cgroup.directories.empty()) line("none", "no limit on the whole sandbox is asked for or possible");
  for (const auto& enable : cgroup.enable)
    line("enable", fmt::format("{} for {}", enable.value, enable.path));
  for (const auto& directory : cgroup.directories) {
    line("make", directory.controllers.empty()
                     ? directory.path
                     : fmt::format("{} ({})", directory.path, fmt::join(directory.controllers, ", ")));
  }
  for (const auto& write : cgroup.writes) {
    std::string left = fmt::format("{} = {}", write.file, write.value);
    const std::string& path = cgroup.directories[write.directory].path;
    const std::string why = write.option.empty() ? std::string() : fmt::format(", for --{}", write.option);
    line("write", fmt::format("{}, in {}{}", left, path, why));
  }
  if (!cgroup.bpf_devices) return;
  line("devices", cgroup.bpf_devices->default_allow ? "all, but not these:" : "none, but these:");
  for (const auto& rule : cgroup.bpf_devices->exceptions) line({}, cgroup::print_device_rule(rule));
}

void PlanText::system_calls() {
  const size_t instructions = plan_.lockdown.seccomp.size();
  if (instructions == 0) {
    line("system calls", "all: there is no seccomp filter");
    return;
  }
  line("system calls", fmt::format("a seccomp filter of {} instructions decides", instructions));
  if (seccomp_ == nullptr) return;
  line({}, fmt::format("what the profile does not name: {}",
                       seccomp::describe_verdict(seccomp_->default_verdict)));
  for (const auto& abi : seccomp_->abis) {
    line({}, fmt::format("{}: {} calls are allowed, {} refused", seccomp::abi_name(abi.abi), abi.allowed,
                         abi.refused));
    if (!abi.by_argument.empty())
      line({}, fmt::format("by their arguments: {}", fmt::join(abi.by_argument, ", ")));
    for (const auto& group : abi.otherwise) {
      line({}, fmt::format("{}: {}", group.verdict, fmt::join(group.names, ", ")));
    }
  }
}

void PlanText::privileges() {
  const auto& lockdown = plan_.lockdown;
  heading("Privileges", "What is given up before the command starts, for good.");
  if (lockdown.keep_all_capabilities) {
    line("capabilities", "all that cove itself has");
  } else {
    line("capabilities",
         fmt::format("{}: {}", lockdown.bounding.size(), caps::print_capabilities(lockdown.bounding)));
  }
  line("new privileges", lockdown.no_new_privs ? "none: setuid programs and file capabilities give nothing"
                                               : "setuid programs and file capabilities work");
  system_calls();
  if (!lockdown.apparmor_profile.empty()) line("AppArmor profile", lockdown.apparmor_profile);
  for (const auto& rule : lockdown.landlock) line("landlock", landlock::print_rule(rule));
  if (lockdown.new_session_keyring) line("keyring", "a new, empty one");
  for (const auto& limit : lockdown.rlimits) line("limit of each process", rlimit::print_limit(limit));
  if (lockdown.oom_score_adj) line("out-of-memory score", fmt::format("{:+}", *lockdown.oom_score_adj));
}

void PlanText::process() {
  const auto& process = plan_.process;
  heading("Process", "The last step is execve(2).");
  std::string command;
  for (const std::string& word : process.argv) command += (command.empty() ? "" : " ") + shell_word(word);
  line("command", command);
  line("working directory", process.cwd);
  line("user", user_name(process.user));
  list("further groups", process.group_adds, "those of the user's entry in /etc/group");
  list("environment", process.env, "empty");
  switch (process.stdio) {
    case launch::StdioMode::inherit:
      line("output", "straight to cove's own, without a copy");
      break;
    case launch::StdioMode::pipes:
      line("output", "through cove, which counts it");
      break;
    case launch::StdioMode::tty:
      line("terminal", "a new one, which cove passes on");
      break;
  }
  if (process.null_stdin) line("input", "empty");
  line("process 1", process.init ? "cove's own init, which passes signals on and reaps" : "the command");
}

void PlanText::notes() {
  if (!plan_.waived.empty()) heading("Waived", "Asked for, and not to be had on this machine.");
  for (const std::string& waived : plan_.waived) line("-", waived);
  if (!plan_.warnings.empty()) heading("Warnings", {});
  for (const std::string& warning : plan_.warnings) line("-", warning);
}

std::string PlanText::text() {
  out_ = fmt::format("Plan of sandbox {}. Nothing of it has been done.\n", plan_.id);
  namespaces();
  ids();
  root();
  mounts();
  cgroups();
  privileges();
  process();
  notes();
  return std::move(out_);
}

}  // namespace

std::string explain_text(const LaunchPlan& plan, const seccomp::Summary* seccomp,
                         const network::Request& networks) {
  return PlanText(plan, seccomp, networks).text();
}

}  // namespace cove::cli
