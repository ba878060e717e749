// Our filters against libseccomp's, call by call: for every number of every ABI, and for arguments around
// every edge. Both are also held against naive_oracle.h, so that a fault common to both would show, and one
// of libseccomp's does.
//
// libseccomp 2.5.4 has a fault: it writes the rules of one call as a tree of comparisons, and where one of
// several branches of a level loads another word (a second argument, or the low half of a 64-bit one) and
// then fails, the next branch compares that word as if it were its own. "argument 0 is 14 and argument 1 is
// 0, or argument 0 is less than 0xffffffff" goes wrong on i386 for 14 and 0xffffffff. So where a call has
// several rules with conditions, and they look at more than one word, the naive oracle decides, and the tests
// count how often libseccomp differs from it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "kernel/seccomp/default_profile.h"
#include "kernel/seccomp/interpreter.h"
#include "kernel/seccomp/libseccomp_oracle.h"
#include "kernel/seccomp/random_profile.h"

namespace cove::seccomp {
namespace {

using testing::Random;

constexpr size_t kCallsPerNumber = 250;

// Which call numbers to try: all that exist and more, or those with rules and their neighbours.
enum class Numbers : uint8_t { all, named };

struct Tally {
  size_t calls = 0;
  size_t on_several_words = 0;     // calls where libseccomp's fault can show
  size_t misjudged = 0;            // … and does
  size_t ambiguous = 0;            // rules with different actions fit: only their order decides
  size_t ambiguous_differing = 0;  // … and libseccomp's is another one
};

CompileContext context_with(caps::CapabilitySet capabilities) {
  CompileContext context;
  context.capabilities = capabilities;
  context.kernel = {6, 1};
  context.newer_calls_enosys = false;  // that is runc's, not libseccomp's; see compile_test.cc
  return context;
}

std::string show(const seccomp_data& call) {
  return fmt::format("arch {:#x} nr {:#x} args {:#x} {:#x} {:#x} {:#x} {:#x} {:#x}", call.arch,
                     static_cast<uint32_t>(call.nr), call.args[0], call.args[1], call.args[2], call.args[3],
                     call.args[4], call.args[5]);
}

// Numbers of calls that libseccomp does not know, so that it cannot have rules for them.
bool unknown_to_libseccomp(Abi abi, uint32_t number) {
  const std::string name(syscall_name(abi, number));
  return !name.empty() && seccomp_syscall_resolve_name(name.c_str()) == __NR_SCMP_ERROR;
}

// Whether several rules with conditions look at more than one 32-bit word: see the top of this file.
bool looks_at_several_words(const std::vector<testing::NaiveRule>& rules, bool wide) {
  if (rules.size() < 2) return false;
  for (const testing::NaiveRule& rule : rules) {
    if (rule.arguments.size() > 1 || (wide && !rule.arguments.empty())) return true;
  }
  return false;
}

// Whether they are of the simple kind that libseccomp gets right even so: one argument equals this or that.
bool only_equalities(const std::vector<testing::NaiveRule>& rules) {
  for (const testing::NaiveRule& rule : rules) {
    if (rule.arguments.size() != 1 || rule.arguments[0].comparison != Comparison::equal ||
        rule.arguments[0].value > UINT32_MAX) {
      return false;
    }
  }
  return true;
}

class Comparer {
 public:
  Comparer(const Profile& profile, const CompileContext& context, std::vector<sock_filter> ours,
           std::vector<sock_filter> theirs)
      : oracle_(profile, context), ours_(std::move(ours)), theirs_(std::move(theirs)) {}

  // Whether all agreed. Stops at the first call that did not.
  bool run(Numbers numbers, Random& random, Tally& tally) {
    std::set<uint32_t> chosen = oracle_.named_numbers();
    if (numbers == Numbers::all) chosen.merge(testing::probing_numbers());
    for (const uint32_t arch : testing::kArchPool) {
      for (const uint32_t number : chosen) {
        if (!run_number(arch, number, random, tally)) return false;
      }
    }
    return true;
  }

 private:
  bool run_number(uint32_t arch, uint32_t number, Random& random, Tally& tally) {
    seccomp_data call{};
    call.arch = arch;
    call.nr = static_cast<int>(number);
    const auto abi = oracle_.abi_of(call);
    if (!abi.has_value()) return check(call, oracle_.decide(call), true, tally);
    const auto& rules = oracle_.rules_for(*abi, number);
    if (rules.empty()) return check(call, oracle_.decide(call), true, tally);
    const bool wide = *abi == Abi::x86_64;
    const bool trusted = !looks_at_several_words(rules, wide) || only_equalities(rules);
    const bool known = !unknown_to_libseccomp(*abi, number);
    for (const seccomp_data& probe : testing::probing_calls(rules, arch, number, random, kCallsPerNumber)) {
      const testing::NaiveOutcome wanted = oracle_.decide(rules, wide, probe);
      if (!known) {
        if (evaluate(ours_, probe) != wanted.result) return complain(probe, wanted);
      } else if (!check(probe, wanted, trusted, tally)) {
        return false;
      }
    }
    return true;
  }

  bool check(const seccomp_data& call, const testing::NaiveOutcome& wanted, bool trusted, Tally& tally) {
    const uint32_t ours = evaluate(ours_, call);
    const uint32_t theirs = evaluate(theirs_, call);
    ++tally.calls;
    if (wanted.ambiguous) {
      ++tally.ambiguous;
      tally.ambiguous_differing += ours != theirs ? 1 : 0;
    } else if (!trusted) {
      ++tally.on_several_words;
      tally.misjudged += theirs != wanted.result ? 1 : 0;
    } else if (ours != theirs) {
      return complain(call, wanted);
    }
    return ours == wanted.result || complain(call, wanted);
  }

  bool complain(const seccomp_data& call, const testing::NaiveOutcome& wanted) {
    ADD_FAILURE() << show(call)
                  << fmt::format(": ours {:#x}, libseccomp {:#x}, wanted {:#x}", evaluate(ours_, call),
                                 evaluate(theirs_, call), wanted.result);
    return false;
  }

  testing::NaiveOracle oracle_;
  std::vector<sock_filter> ours_;
  std::vector<sock_filter> theirs_;
};

std::string show(const Profile& profile) {
  std::string text = fmt::format("default {:#x}", return_value(profile.default_verdict));
  for (const Architecture architecture : profile.architectures) {
    text += fmt::format(" arch {}", static_cast<int>(architecture));
  }
  for (const SyscallRule& rule : profile.syscalls) {
    text += fmt::format("\n{:#x}:", return_value(rule.verdict));
    for (const std::string& name : rule.names) text += " " + name;
    for (const ArgumentRule& argument : rule.arguments) {
      text += fmt::format(" [{} op{} {:#x} {:#x}]", argument.index, static_cast<int>(argument.comparison),
                          argument.value, argument.value_two);
    }
  }
  return text;
}

// One profile, which libseccomp must take whole.
void expect_equal(const Profile& profile, const CompileContext& context, Numbers numbers, Random& random,
                  Tally& tally) {
  const auto ours = compile(profile, context);
  ASSERT_TRUE(ours.ok()) << ours.error().message() << "\n" << show(profile);
  ASSERT_TRUE(check_program(ours->instructions).ok());
  const auto theirs = testing::build_with_libseccomp(profile, context);
  ASSERT_THAT(theirs.refused, ::testing::IsEmpty()) << show(profile);
  ASSERT_FALSE(theirs.instructions.empty());
  EXPECT_TRUE(Comparer(profile, context, ours->instructions, theirs.instructions).run(numbers, random, tally))
      << show(profile);
}

const std::map<std::string, caps::CapabilitySet>& capability_sets() {
  static const std::map<std::string, caps::CapabilitySet> kSets{
      {"docker", caps::kDockerDefault},
      {"none", {}},
      {"all", caps::CapabilitySet::all()},
      {"admin", caps::kDockerDefault | caps::CapabilitySet{CAP_SYS_ADMIN}},
      {"bpf and syslog", {CAP_BPF, CAP_SYSLOG}},
      {"time and tty", {CAP_SYS_TIME, CAP_SYS_TTY_CONFIG, CAP_PERFMON}},
  };
  return kSets;
}

TEST(Differential, DefaultProfile) {
  Tally tally;
  Random random(1);
  for (const auto& [name, capabilities] : capability_sets()) {
    SCOPED_TRACE(name);
    expect_equal(default_profile(), context_with(capabilities), Numbers::all, random, tally);
  }
  // Every single call was compared with libseccomp's.
  EXPECT_EQ(tally.ambiguous + tally.on_several_words, 0U);
  EXPECT_GT(tally.calls, 40'000U);
}

TEST(Differential, DefaultProfileForAllAbis) {
  Tally tally;
  Random random(2);
  Profile profile = default_profile();
  profile.architectures = {Architecture::x86, Architecture::x32};
  expect_equal(profile, context_with(caps::kDockerDefault), Numbers::all, random, tally);
  expect_equal(profile, context_with(caps::CapabilitySet::all()), Numbers::all, random, tally);
}

TEST(Differential, DefaultProfileOnOldKernels) {
  Tally tally;
  Random random(3);
  CompileContext context = context_with(caps::kDockerDefault);
  context.kernel = {4, 7};
  expect_equal(default_profile(), context, Numbers::all, random, tally);
}

// The calls that the comparison cannot cover, since libseccomp has no rules for them. All others it does.
TEST(Differential, DefaultProfileNamesFewCallsThatLibseccompDoesNotKnow) {
  const Profile profile = default_profile();
  std::set<std::string> unknown;
  for (const SyscallRule& rule : profile.syscalls) {
    for (const std::string& name : rule.names) {
      if (seccomp_syscall_resolve_name(name.c_str()) == __NR_SCMP_ERROR) unknown.insert(name);
    }
  }
  EXPECT_THAT(unknown, ::testing::ElementsAre("getxattrat", "listmount", "listxattrat", "lsm_get_self_attr",
                                              "lsm_list_modules", "lsm_set_self_attr", "mseal",
                                              "removexattrat", "setxattrat", "statmount", "uretprobe"));
}

SyscallRule rule(std::string name, Verdict verdict, std::vector<ArgumentRule> arguments = {}) {
  SyscallRule made;
  made.names = {std::move(name)};
  made.verdict = verdict;
  made.arguments = std::move(arguments);
  return made;
}

// Each comparison by itself, at every edge of the pool, under every ABI.
TEST(Differential, EachComparisonAtEachEdge) {
  Tally tally;
  Random random(4);
  for (const Comparison comparison : testing::kComparisonPool) {
    for (const uint64_t value : testing::kValuePool) {
      Profile profile;
      profile.default_verdict = {Action::error, 1};
      profile.architectures = {Architecture::x86, Architecture::x32};
      profile.syscalls = {rule("ioctl", {Action::allow, 0}, {{1, comparison, value, 0x100000005}})};
      expect_equal(profile, context_with({}), Numbers::named, random, tally);
    }
  }
}

std::vector<std::pair<std::string, Profile>> synthetic_profiles() {
  constexpr Verdict kAllow{Action::allow, 0};
  constexpr Verdict kErrno5{Action::error, 5};
  constexpr Verdict kKill{Action::kill_process, 0};
  const auto make = [](Verdict default_verdict, std::vector<SyscallRule> rules) {
    Profile profile;
    profile.default_verdict = default_verdict;
    profile.architectures = {Architecture::x86, Architecture::x32};
    profile.syscalls = std::move(rules);
    return profile;
  };
  using enum Comparison;
  return {
      {"nothing", make({Action::error, 1}, {})},
      {"deny list",
       make(kAllow, {rule("ptrace", kErrno5), rule("mount", kErrno5), rule("kexec_load", kKill)})},
      {"only unknown names", make({Action::trap, 0}, {rule("no_such_call", kAllow)})},
      {"the default action again", make(kErrno5, {rule("read", kErrno5), rule("write", kAllow)})},
      {"unconditional after conditional",
       make(kKill, {rule("clone", kErrno5, {{0, equal, 7, 0}}), rule("clone", kAllow)})},
      {"conditional after unconditional",
       make(kKill, {rule("clone", kAllow), rule("clone", kErrno5, {{0, equal, 7, 0}})})},
      {"two unconditional", make(kKill, {rule("clone", kAllow), rule("clone", kErrno5)})},
      {"a condition that always holds", make(kKill, {rule("clone", kAllow, {{0, masked_equal, 0, 9}})})},
      {"one that always holds on 32 bits",
       make(kKill, {rule("clone", kAllow, {{0, masked_equal, 0x100000000, 0}})})},
      {"an index twice is an or",
       make(kKill, {rule("clone", kAllow, {{0, greater, 5, 0}, {0, less, 9, 0}, {1, equal, 1, 0}})})},
      {"all six arguments", make(kKill, {rule("mmap", kAllow,
                                              {{0, equal, 0, 0},
                                               {1, greater, 0x100000000, 0},
                                               {2, masked_equal, 4, 0},
                                               {3, masked_equal, 0x22, 0x22},
                                               {4, equal, UINT64_MAX, 0},
                                               {5, less_equal, 0xfff, 0}})})},
      {"complements", make(kKill, {rule("ioctl", kAllow, {{1, less, 0x5412, 0}}),
                                   rule("ioctl", kErrno5, {{1, greater_equal, 0x5412, 0}})})},
      {"low 32 bits only", make(kAllow, {rule("ioctl", kErrno5, {{1, masked_equal, 0xffffffff, 0x5412}})})},
      {"sockets on i386",
       make(kErrno5, {rule("socket", kAllow, {{0, equal, 1, 0}, {1, equal, 2, 0}}), rule("accept", kAllow),
                      rule("semop", kAllow, {{1, less, 9, 0}}), rule("shmat", kAllow)})},
      {"socketcall as a whole",
       make(kErrno5, {rule("socketcall", kAllow), rule("socket", kKill, {{0, equal, 40, 0}})})},
      {"numbers that x32 has of its own",
       make(kErrno5, {rule("rt_sigaction", kAllow), rule("execve", kAllow), rule("readv", kKill)})},
      {"many values of one argument",
       [&] {
         Profile profile = make(kErrno5, {});
         for (uint64_t i = 0; i < 300; ++i)
           profile.syscalls.push_back(rule("prctl", kAllow, {{0, equal, i * i * 0x1000003, 0}}));
         return profile;
       }()},
  };
}

TEST(Differential, SyntheticProfiles) {
  Tally tally;
  Random random(5);
  for (const auto& [name, profile] : synthetic_profiles()) {
    SCOPED_TRACE(name);
    expect_equal(profile, context_with({}), Numbers::all, random, tally);
  }
}

// How often libseccomp may be wrong where its fault can show; ours never is.
void expect_few_misjudged(const Tally& tally) {
  EXPECT_LT(tally.misjudged * 20, tally.on_several_words);
  fmt::print("{} calls; {} of {} misjudged by libseccomp; {} of {} ambiguous ones decided otherwise\n",
             tally.calls, tally.misjudged, tally.on_several_words, tally.ambiguous_differing,
             tally.ambiguous);
}

void run_random_profiles(const testing::ProfileShape& shape, uint32_t first_seed, uint32_t count) {
  Tally tally;
  for (uint32_t seed = first_seed; seed < first_seed + count; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Numbers numbers = seed % 10 == 0 ? Numbers::all : Numbers::named;
    expect_equal(testing::random_profile(random, shape), context_with({}), numbers, random, tally);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(tally.ambiguous, 0U);
  expect_few_misjudged(tally);
}

// Where all rules have one action, whatever the conditions, the two filters are the same function.
TEST(Differential, RandomProfilesWithOneActionAndOneCondition) {
  run_random_profiles({true, 12, 1}, 1, 200);
}
TEST(Differential, RandomProfilesWithOneAction) {
  run_random_profiles({true, 12, 3}, 201, 200);
}

// With several actions libseccomp refuses some profiles, and where rules overlap, its order is not always
// ours (in places it depends on the order in the profile). Everywhere else the two agree.
TEST(Differential, RandomProfilesWithSeveralActions) {
  Tally tally;
  size_t compared = 0;
  for (uint32_t seed = 1001; seed <= 1200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Profile profile = testing::random_profile(random, {false, 12, 3});
    const CompileContext context = context_with({});
    const auto theirs = testing::build_with_libseccomp(profile, context);
    const auto ours = compile(profile, context);
    if (!ours.ok()) {
      EXPECT_THAT(ours.error().message(), ::testing::HasSubstr("contradicts"));
      EXPECT_FALSE(theirs.refused.empty()) << ours.error().message() << "\n" << show(profile);
      continue;
    }
    if (!theirs.refused.empty()) continue;
    ++compared;
    const Numbers numbers = seed % 10 == 0 ? Numbers::all : Numbers::named;
    ASSERT_TRUE(check_program(ours->instructions).ok());
    ASSERT_TRUE(
        Comparer(profile, context, ours->instructions, theirs.instructions).run(numbers, random, tally))
        << show(profile);
  }
  EXPECT_GT(compared, 150U);
  EXPECT_LT(tally.ambiguous_differing * 20, tally.ambiguous);
  expect_few_misjudged(tally);
}

}  // namespace
}  // namespace cove::seccomp

// libseccomp 2.5.4 loses some nodes of its trees, which is none of our business here.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libseccomp.so";
}
