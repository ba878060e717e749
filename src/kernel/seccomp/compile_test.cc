#include "kernel/seccomp/compile.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sched.h>
#include <sys/socket.h>

#include "kernel/seccomp/default_profile.h"
#include "kernel/seccomp/describe.h"
#include "kernel/seccomp/interpreter.h"
#include "kernel/seccomp/names.h"
#include "kernel/seccomp/profile_json.h"
#include "sys/process.h"
#include "sys/seccomp.h"

namespace cove::seccomp {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;
constexpr uint32_t kKilled = SECCOMP_RET_KILL_THREAD;

CompileContext docker_context() {
  CompileContext context;
  context.capabilities = caps::kDockerDefault;
  context.kernel = {6, 1};
  return context;
}

class Filter {
 public:
  Filter(const Profile& profile, const CompileContext& context) : program_(compile(profile, context)) {
    EXPECT_TRUE(program_.ok()) << (program_.ok() ? "" : program_.error().message());
    EXPECT_TRUE(check_program(program_->instructions).ok());
  }
  explicit Filter(std::string_view json, const CompileContext& context = docker_context())
      : Filter(parse_profile(json).value(), context) {}

  [[nodiscard]] uint32_t number(Abi abi, uint32_t number, std::array<uint64_t, 6> arguments = {}) const {
    seccomp_data call{};
    call.arch = abi == Abi::i386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
    call.nr = static_cast<int>(number);
    std::copy(arguments.begin(), arguments.end(), call.args);
    return evaluate(program_->instructions, call);
  }
  [[nodiscard]] uint32_t call(std::string_view name, std::array<uint64_t, 6> arguments = {},
                              Abi abi = Abi::x86_64) const {
    return number(abi, syscall_number(abi, name).value(), arguments);
  }
  [[nodiscard]] const Program& program() const { return program_.value(); }

 private:
  Result<Program> program_;
};

TEST(DefaultProfile, AllowsEverydayCalls) {
  const Filter filter(default_profile(), docker_context());
  for (const char* name : {"read",      "write",      "openat",     "execve",        "mmap",
                           "futex",     "futex_wake", "fchmodat2",  "cachestat",     "mseal",
                           "statmount", "listmount",  "setxattrat", "removexattrat", "map_shadow_stack",
                           "uretprobe", "arch_prctl", "modify_ldt", "ptrace",        "process_vm_readv",
                           "chroot",    "seccomp"}) {
    EXPECT_EQ(filter.call(name), kAllow) << name;
  }
}

TEST(DefaultProfile, RefusesWhatNeedsPrivilege) {
  const Filter filter(default_profile(), docker_context());
  for (const char* name :
       {"mount",       "umount2",        "unshare",        "setns",           "bpf",
        "reboot",      "kexec_load",     "init_module",    "keyctl",          "add_key",
        "request_key", "io_uring_setup", "io_uring_enter", "userfaultfd",     "open_by_handle_at",
        "acct",        "iopl",           "settimeofday",   "perf_event_open", "syslog",
        "pivot_root",  "swapon",         "mbind",          "vhangup",         "lsm_get_self_attr",
        "open_tree",   "kcmp",           "quotactl",       "move_mount"}) {
    EXPECT_EQ(filter.call(name), kEperm) << name;
  }
}

TEST(DefaultProfile, SocketFamilies) {
  const Filter filter(default_profile(), docker_context());
  for (const int family :
       {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_BLUETOOTH, AF_XDP, AF_MCTP}) {
    EXPECT_EQ(filter.call("socket", {static_cast<uint64_t>(family)}), kAllow) << family;
  }
  for (const int family : {AF_VSOCK, AF_ALG, AF_DECnet, AF_IRDA, AF_MCTP + 1}) {
    EXPECT_EQ(filter.call("socket", {static_cast<uint64_t>(family)}), kEperm) << family;
  }
  EXPECT_EQ(filter.call("socket", {uint64_t{1} << 32 | AF_INET}), kEperm);
  EXPECT_EQ(filter.call("socket", {UINT64_MAX}), kEperm);
}

TEST(DefaultProfile, PersonalityAndClone) {
  const Filter filter(default_profile(), docker_context());
  for (const uint64_t value : {0x0ULL, 0x8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL}) {
    EXPECT_EQ(filter.call("personality", {value}), kAllow) << value;
  }
  EXPECT_EQ(filter.call("personality", {0x0040000}), kEperm);  // ADDR_NO_RANDOMIZE
  EXPECT_EQ(filter.call("clone", {CLONE_VM | CLONE_FS | SIGCHLD}), kAllow);
  for (const uint64_t flag : {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
                              CLONE_NEWNET, CLONE_NEWCGROUP}) {
    EXPECT_EQ(filter.call("clone", {flag | SIGCHLD}), kEperm) << flag;
  }
  EXPECT_EQ(filter.call("clone3"), kEnosys);
}

TEST(DefaultProfile, CapabilitiesOpenTheirCalls) {
  CompileContext context = docker_context();
  context.capabilities.add(CAP_SYS_ADMIN);
  const Filter admin(default_profile(), context);
  for (const char* name : {"mount", "unshare", "setns", "clone3", "bpf", "lsm_list_modules"})
    EXPECT_EQ(admin.call(name), kAllow) << name;
  EXPECT_EQ(admin.call("clone", {CLONE_NEWUSER}), kAllow);
  EXPECT_EQ(admin.call("reboot"), kEperm);
  context.capabilities = {};
  EXPECT_EQ(Filter(default_profile(), context).call("chroot"), kEperm);
  context.capabilities = {CAP_SYS_BOOT, CAP_SYSLOG};
  EXPECT_EQ(Filter(default_profile(), context).call("reboot"), kAllow);
  EXPECT_EQ(Filter(default_profile(), context).call("syslog"), kAllow);
}

TEST(DefaultProfile, DecidingCapabilitiesAreThoseOfItsRules) {
  const Profile profile = default_profile();
  caps::CapabilitySet asked;
  for (const SyscallRule& rule : profile.syscalls) {
    asked = asked | rule.includes.capabilities | rule.excludes.capabilities;
  }
  EXPECT_EQ(default_profile_capabilities(), asked);
}

TEST(DefaultProfile, OldKernelsKeepPtraceClosed) {
  CompileContext context = docker_context();
  context.kernel = {4, 7};
  EXPECT_EQ(Filter(default_profile(), context).call("ptrace"), kEperm);
  context.kernel = {4, 8};
  EXPECT_EQ(Filter(default_profile(), context).call("ptrace"), kAllow);
}

TEST(DefaultProfile, OtherAbisAreKilled) {
  const Filter filter(default_profile(), docker_context());
  EXPECT_EQ(filter.call("read", {}, Abi::x32), kKilled);
  EXPECT_EQ(filter.number(Abi::x86_64, 0xfffffffe), kKilled);
  EXPECT_EQ(filter.call("read", {}, Abi::i386), kKilled);
  EXPECT_EQ(filter.number(Abi::x86_64, 0xffffffff), kEperm);  // a call that a tracer skips
}

TEST(DefaultProfile, EveryNameIsKnownAndStandsOnce) {
  const Profile profile = default_profile();
  std::set<std::string> unconditional;
  for (const std::string& name : profile.syscalls.front().names) {
    EXPECT_TRUE(find_syscall(name).has_value() || name == "recv" || name == "send") << name;
    EXPECT_TRUE(unconditional.insert(name).second) << name;
  }
  EXPECT_EQ(unconditional.size(), 360U);
}

TEST(NewerCalls, GetEnosysAboveTheHighestNamed) {
  const Filter filter(default_profile(), docker_context());
  EXPECT_EQ(filter.call("removexattrat"), kAllow);
  EXPECT_EQ(filter.call("open_tree_attr"), kEnosys);
  EXPECT_EQ(filter.number(Abi::x86_64, 5000), kEnosys);
  EXPECT_EQ(filter.number(Abi::x86_64, kX32Bit - 1), kEnosys);
  CompileContext context = docker_context();
  context.newer_calls_enosys = false;
  EXPECT_EQ(Filter(default_profile(), context).call("open_tree_attr"), kEperm);
}

TEST(NewerCalls, EachAbiHasItsOwnHighest) {
  // sched_setattr is 314 on x86_64 and x32, but 351 on i386. The rule has the default action: it still counts
  // as named.
  const Filter filter(
      R"({"defaultAction": "SCMP_ACT_KILL_PROCESS", "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"},
                 {"names": ["sched_setattr"], "action": "SCMP_ACT_KILL_PROCESS"}]})");
  EXPECT_EQ(filter.number(Abi::x86_64, 314), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.number(Abi::x86_64, 315), kEnosys);
  EXPECT_EQ(filter.number(Abi::i386, 315), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.number(Abi::i386, 351), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.number(Abi::i386, 352), kEnosys);
  EXPECT_EQ(filter.number(Abi::x32, kX32Bit | 314), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.number(Abi::x32, kX32Bit | 315), kEnosys);
}

TEST(NewerCalls, PermissiveDefaultsStay) {
  for (const char* action : {"SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE"}) {
    const Filter filter(fmt::format(
        R"({{"defaultAction": "{}", "syscalls": [{{"names": ["read"], "action": "SCMP_ACT_TRAP"}}]}})",
        action));
    EXPECT_EQ(filter.number(Abi::x86_64, 5000), filter.number(Abi::x86_64, 1)) << action;
  }
  // Nothing named: nothing is newer.
  EXPECT_EQ(Filter(R"({"defaultAction": "SCMP_ACT_ERRNO"})").number(Abi::x86_64, 5000), kEperm);
}

TEST(Compile, ArchitecturesOfTheMap) {
  constexpr std::string_view kMapped = R"({"defaultAction": "SCMP_ACT_ERRNO",
    "archMap": [{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_X32"]},
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
    "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})";
  const Filter filter(kMapped);
  EXPECT_EQ(filter.call("read", {}, Abi::i386), kAllow);
  EXPECT_EQ(filter.call("read", {}, Abi::x32), kKilled);
}

TEST(Compile, OtherMachinesAreUnsupported) {
  CompileContext context = docker_context();
  context.native = Architecture::aarch64;
  const auto refused = compile(default_profile(), context);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::seccomp_unsupported);
  EXPECT_THAT(refused.error().message(), HasSubstr("SCMP_ARCH_AARCH64"));
}

TEST(Compile, IncludesAndExcludesByArchitecture) {
  const Filter filter(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
    {"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64", "amd64"]}},
    {"names": ["write"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64"]}},
    {"names": ["open"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
    {"names": ["close"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["arm64"]}}]})");
  EXPECT_EQ(filter.call("read"), kAllow);
  EXPECT_EQ(filter.call("write"), kEperm);
  EXPECT_EQ(filter.call("open"), kEperm);
  EXPECT_EQ(filter.call("close"), kAllow);
}

TEST(Compile, FlagsPassThrough) {
  EXPECT_EQ(Filter(default_profile(), docker_context()).program().flags,
            unsigned{SECCOMP_FILTER_FLAG_SPEC_ALLOW});
  EXPECT_EQ(
      Filter(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"]})").program().flags,
      unsigned{SECCOMP_FILTER_FLAG_LOG});
}

constexpr std::string_view kNotifying = R"({"defaultAction": "SCMP_ACT_ERRNO",
    "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"], "syscalls": [
    {"names": ["read", "sendmsg"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"},
    {"names": ["rename"], "action": "SCMP_ACT_NOTIFY", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
    {"names": ["ioctl"], "action": "SCMP_ACT_NOTIFY", "args": [{"index": 1, "value": 7, "op": "SCMP_CMP_EQ"}]}]})";

TEST(Compile, NotifyIsAnActionLikeOthers) {
  const Filter filter(kNotifying);
  EXPECT_EQ(filter.call("mkdir"), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(filter.call("rename"), kEperm);  // the capability is not held
  EXPECT_EQ(filter.call("ioctl", {3, 7}), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(filter.call("ioctl", {3, 8}), kEperm);
  EXPECT_EQ(filter.call("read"), kAllow);
  EXPECT_TRUE(filter.program().notifies);
}

TEST(Compile, FlagsForAListenerGoWithOne) {
  EXPECT_EQ(Filter(kNotifying).program().flags,
            unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_TSYNC |
                     SECCOMP_FILTER_FLAG_TSYNC_ESRCH});
  const Filter silent(R"({"defaultAction": "SCMP_ACT_ALLOW",
    "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"],
    "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_NOTIFY"}]})");
  EXPECT_FALSE(silent.program().notifies);
  EXPECT_EQ(silent.program().flags, unsigned{SECCOMP_FILTER_FLAG_TSYNC});
}

// The kernel takes such a program with its flags, and a listener beside it.
TEST(Compile, TheKernelGivesAListener) {
  Profile profile = parse_profile(kNotifying).value();
  profile.default_verdict = {Action::allow, 0};
  const auto program = compile(profile, docker_context());
  ASSERT_TRUE(program.ok());
  const auto child = sys::fork_process();
  ASSERT_TRUE(child.ok());
  if (child.value() == 0) {
    const bool loaded = sys::set_no_new_privs().ok() &&
                        sys::load_seccomp_filter_with_listener(program->instructions, program->flags).ok();
    sys::exit_now(loaded ? 0 : 1);
  }
  EXPECT_EQ(sys::wait_process(child.value())->status, 0);
}

TEST(Compile, NotifyAsDefaultAlsoMeetsNewerCalls) {
  const Filter filter(
      R"({"defaultAction": "SCMP_ACT_NOTIFY", "syscalls": [{"names": ["write"], "action": "SCMP_ACT_ALLOW"}]})");
  EXPECT_TRUE(filter.program().notifies);
  EXPECT_EQ(filter.call("read"), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(filter.number(Abi::x86_64, 5000), SECCOMP_RET_USER_NOTIF);
}

uint32_t native_number(std::string_view name) {
  return syscall_number(Abi::x86_64, name).value();
}

TEST(Explore, TellsWhatGetsThroughWhateverTheArguments) {
  const Filter filter(kNotifying);
  const auto& code = filter.program().instructions;
  EXPECT_TRUE(filter_allows(code, Abi::x86_64, native_number("sendmsg")));
  EXPECT_FALSE(filter_notifies(code, Abi::x86_64, native_number("sendmsg")));
  EXPECT_FALSE(filter_allows(code, Abi::x86_64, native_number("execve")));
  EXPECT_FALSE(filter_notifies(code, Abi::x86_64, native_number("execve")));
  EXPECT_FALSE(filter_allows(code, Abi::x86_64, native_number("mkdir")));
  EXPECT_TRUE(filter_notifies(code, Abi::x86_64, native_number("mkdir")));
  EXPECT_THAT(possible_results(code, Abi::x86_64, native_number("ioctl")),
              ElementsAre(kEperm, uint32_t{SECCOMP_RET_USER_NOTIF}));
  EXPECT_THAT(possible_results(code, Abi::i386, 3), ElementsAre(kKilled));
  EXPECT_THAT(possible_results(code, Abi::x32, kX32Bit), ElementsAre(kKilled));
}

// The interpreter is right about each call, so it must never give what the exploration rules out; and for a
// number whose rules have no conditions there is nothing but what it gives.
TEST(Explore, AgreesWithTheInterpreter) {
  Profile profile = default_profile();
  profile.architectures = {Architecture::x86, Architecture::x32};
  const auto program = compile(profile, docker_context());
  ASSERT_TRUE(program.ok());
  size_t single = 0;
  for (const Abi abi : kAllAbis) {
    for (uint32_t i = 0; i < 600; ++i) {
      seccomp_data call{};
      call.arch = abi == Abi::i386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
      const uint32_t number = abi == Abi::x32 ? i | kX32Bit : i;
      call.nr = static_cast<int>(number);
      const auto possible = possible_results(program->instructions, abi, number);
      ASSERT_THAT(possible, Contains(evaluate(program->instructions, call))) << number;
      single += possible.size() == 1 ? 1U : 0U;
    }
  }
  EXPECT_GT(single, 3U * 600 - 20);  // all but socket, clone, personality
}

std::string two_rules(std::string_view first, std::string_view second) {
  return fmt::format(R"({{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {{"names": ["prctl"], "action": "SCMP_ACT_ERRNO", "args": [{}]}},
    {{"names": ["prctl"], "action": "SCMP_ACT_TRAP", "args": [{}]}}]}})",
                     first, second);
}

TEST(Compile, ContradictionsAreRefused) {
  constexpr std::string_view kShort = R"({"index": 0, "value": 4, "op": "SCMP_CMP_EQ"})";
  constexpr std::string_view kLong =
      R"({"index": 1, "value": 9, "op": "SCMP_CMP_GT"}, {"index": 0, "value": 4, "op": "SCMP_CMP_EQ"})";
  const auto refused = compile(parse_profile(two_rules(kShort, kShort)).value(), docker_context());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::seccomp_profile);
  EXPECT_EQ(refused.error().message(),
            "syscalls[1]: contradicts syscalls[0], which has the same conditions and another action");
  const auto shadowed = compile(parse_profile(two_rules(kLong, kShort)).value(), docker_context());
  ASSERT_FALSE(shadowed.ok());
  EXPECT_EQ(
      shadowed.error().message(),
      "syscalls[1]: contradicts syscalls[0], which has the same conditions and more and another action");
  // The other way round the second rule never counts, as with libseccomp.
  const Filter filter(two_rules(kShort, kLong));
  EXPECT_EQ(filter.call("prctl", {4, 10}), kEperm);
}

TEST(Compile, ProgramsBeyondTheKernelsLimitAreRefused) {
  Profile profile;
  profile.default_verdict = {Action::error, EPERM};
  const auto add = [&](unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; ++i) {
      SyscallRule rule;
      rule.names = {"ioctl"};
      rule.arguments = {{1, Comparison::masked_equal, 0xff00ff00, i}, {2, Comparison::equal, i, 0}};
      profile.syscalls.push_back(rule);
    }
  };
  add(0, 400);
  EXPECT_TRUE(compile(profile, docker_context()).ok());
  add(400, 600);
  const auto refused = compile(profile, docker_context());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::seccomp_profile);
  EXPECT_THAT(refused.error().message(), HasSubstr("more than the 4096 instructions"));
  add(1000, 5000);
  EXPECT_FALSE(compile(profile, docker_context()).ok());
}

TEST(Compile, HugeProfilesAreRefusedEarly) {
  Profile profile;
  SyscallRule rule;
  rule.verdict = {Action::error, EPERM};
  rule.names.assign(1000, "read");
  rule.arguments.assign(1000, {0, Comparison::equal, 1, 0});
  profile.syscalls = {rule};
  const auto refused = compile(profile, docker_context());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("more than 262144 conditions"));
}

TEST(Compile, DefaultFilterIsSmall) {
  EXPECT_LT(Filter(default_profile(), docker_context()).program().instructions.size(), 130U);
}

TEST(Describe, DefaultProfileInWords) {
  const auto summary = summarize(default_profile(), docker_context());
  ASSERT_TRUE(summary.ok());
  ASSERT_EQ(summary->abis.size(), 1U);
  const AbiSummary& native = summary->abis[0];
  EXPECT_THAT(native.by_argument, ElementsAre("socket", "clone", "personality"));
  ASSERT_EQ(native.otherwise.size(), 1U);
  EXPECT_EQ(native.otherwise[0].verdict, "errno ENOSYS");
  EXPECT_THAT(native.otherwise[0].names,
              ElementsAre("clone3", "open_tree_attr", "file_getattr", "file_setattr", "listns"));
  EXPECT_TRUE(summary->newer_calls_enosys);
  EXPECT_EQ(print_summary(*summary),
            fmt::format(
                "default errno EPERM; x86_64: {} calls allowed, 3 by argument (socket, clone, personality), "
                "5 errno ENOSYS (clone3, open_tree_attr, file_getattr, file_setattr, listns), {} refused; "
                "newer calls ENOSYS; other architectures killed; {} instructions",
                native.allowed, native.refused, summary->instructions));
  EXPECT_GT(native.allowed, 300U);
}

TEST(Describe, LongListsAreLeftOut) {
  const auto profile =
      parse_profile(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X32"],
    "syscalls": [{"names": ["read", "write", "open", "close", "stat", "fstat", "lstat", "poll", "lseek", "mmap",
                            "mprotect", "munmap", "brk"], "action": "SCMP_ACT_KILL_PROCESS"},
                 {"names": ["ioctl"], "action": "SCMP_ACT_LOG"}]})");
  const auto summary = summarize(profile.value(), docker_context());
  ASSERT_TRUE(summary.ok());
  const std::string text = print_summary(*summary);
  EXPECT_THAT(text, HasSubstr("default allow; x86_64: "));
  EXPECT_THAT(text, HasSubstr(", 13 kill process, 1 log (ioctl), 0 refused; x32: "));
}

TEST(Describe, VerdictsInWords) {
  EXPECT_EQ(describe_verdict({Action::allow, 0}), "allow");
  EXPECT_EQ(describe_verdict({Action::error, 38}), "errno ENOSYS");
  EXPECT_EQ(describe_verdict({Action::error, 4000}), "errno 4000");
  EXPECT_EQ(describe_verdict({Action::trace, 7}), "trace 7");
  EXPECT_EQ(describe_verdict({Action::notify, 0}), "notify");
  EXPECT_EQ(describe_verdict({Action::kill_thread, 0}), "kill thread");
  EXPECT_EQ(describe_verdict({Action::kill_process, 0}), "kill process");
}

TEST(Names, AreInverses) {
  for (int i = 0; i <= static_cast<int>(Action::allow); ++i) {
    const auto action = static_cast<Action>(i);
    EXPECT_EQ(parse_action(print_action(action)), action);
  }
  for (int i = 0; i <= static_cast<int>(Architecture::s390x); ++i) {
    const auto architecture = static_cast<Architecture>(i);
    EXPECT_EQ(parse_architecture(print_architecture(architecture)), architecture);
  }
  EXPECT_EQ(parse_action("SCMP_ACT_NOTIFY"), Action::notify);
  EXPECT_EQ(parse_action("SCMP_ACT_SING"), std::nullopt);
}

}  // namespace
}  // namespace cove::seccomp
