// For tests: profiles from a seed, made of what is likely to collide, and calls that probe their edges.
#pragma once

#include <array>
#include <random>
#include <set>
#include <vector>

#include "kernel/seccomp/naive_oracle.h"

namespace cove::seccomp::testing {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  // Of our own, not the library's distributions: those differ between libraries.
  size_t below(size_t limit) { return engine_() % limit; }
  bool one_in(size_t count) { return below(count) == 0; }
  template <typename T, size_t kSize>
  const T& pick(const std::array<T, kSize>& values) {
    return values[below(kSize)];
  }
  template <typename T>
  const T& pick(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937 engine_;
};

inline constexpr std::array<std::string_view, 26> kNamePool{
    "read",       "write",   "socket",       "socketpair",  "accept",      "send",   "clone",
    "clone3",     "ioctl",   "rt_sigaction", "personality", "mmap",        "mmap2",  "stat64",
    "_newselect", "semop",   "shmat",        "semtimedop",  "msgctl",      "ptrace", "execve",
    "keyctl",     "openat2", "fchmodat2",    "ipc",         "no_such_call"};

inline constexpr std::array<uint64_t, 18> kValuePool{0,
                                                     1,
                                                     2,
                                                     5,
                                                     0x20008,
                                                     0x7e020000,
                                                     0x7fffffff,
                                                     0x80000000,
                                                     0xfffffffe,
                                                     0xffffffff,
                                                     0x100000000,
                                                     0x100000001,
                                                     0x100000005,
                                                     0x200000005,
                                                     0x8000000000000000,
                                                     0xffffffff00000000,
                                                     0xfffffffffffffffe,
                                                     0xffffffffffffffff};

inline constexpr std::array<Comparison, 7> kComparisonPool{
    Comparison::not_equal,     Comparison::less,    Comparison::less_equal,  Comparison::equal,
    Comparison::greater_equal, Comparison::greater, Comparison::masked_equal};

inline constexpr std::array<Verdict, 11> kVerdictPool{{{Action::allow, 0},
                                                       {Action::error, 1},
                                                       {Action::error, 38},
                                                       {Action::error, 0},
                                                       {Action::kill_thread, 0},
                                                       {Action::kill_process, 0},
                                                       {Action::trap, 0},
                                                       {Action::notify, 0},
                                                       {Action::trace, 1},
                                                       {Action::trace, 0xffff},
                                                       {Action::log, 0}}};

struct ProfileShape {
  bool one_verdict = true;  // all rules have the same action
  size_t max_rules = 12;
  size_t max_arguments = 3;
};

inline ArgumentRule random_argument(Random& random) {
  ArgumentRule argument;
  argument.index = static_cast<uint8_t>(random.below(random.one_in(4) ? kArgumentCount : 2));
  argument.comparison = random.pick(kComparisonPool);
  argument.value = random.pick(kValuePool);
  if (argument.comparison == Comparison::masked_equal) {
    argument.value_two = random.pick(kValuePool);
    if (!random.one_in(3)) argument.value_two &= argument.value;
  }
  return argument;
}

inline Profile random_profile(Random& random, const ProfileShape& shape) {
  Profile profile;
  profile.default_verdict = random.pick(kVerdictPool);
  if (random.one_in(2)) profile.architectures.push_back(Architecture::x86);
  if (random.one_in(2)) profile.architectures.push_back(Architecture::x32);
  if (random.one_in(4)) profile.architectures.push_back(Architecture::aarch64);
  Verdict verdict = random.pick(kVerdictPool);
  const size_t rules = 1 + random.below(shape.max_rules);
  for (size_t i = 0; i < rules; ++i) {
    if (!shape.one_verdict) verdict = random.pick(kVerdictPool);
    SyscallRule rule;
    rule.verdict = verdict;
    const size_t names = 1 + random.below(3);
    for (size_t n = 0; n < names; ++n) rule.names.emplace_back(random.pick(kNamePool));
    const size_t arguments = random.one_in(5) ? 0 : 1 + random.below(shape.max_arguments);
    for (size_t a = 0; a < arguments; ++a) rule.arguments.push_back(random_argument(random));
    profile.syscalls.push_back(std::move(rule));
  }
  return profile;
}

// What an argument may be to try a condition: its edges, with and without bits above the low 32.
inline void add_edges(const ArgumentRule& argument, std::set<uint64_t>& values) {
  std::vector<uint64_t> centers{argument.value};
  if (argument.comparison == Comparison::masked_equal) {
    centers = {argument.value_two, argument.value_two & argument.value, argument.value_two | ~argument.value,
               argument.value, argument.value ^ (argument.value & -argument.value)};
  }
  constexpr uint64_t kHigh = uint64_t{1} << 32;
  for (const uint64_t center : centers) {
    for (const uint64_t value : {center - 1, center, center + 1}) {
      values.insert({value, value ^ kHigh, value + kHigh, value - kHigh, value & UINT32_MAX,
                     value | ~uint64_t{UINT32_MAX}, value & ~uint64_t{UINT32_MAX}});
    }
  }
}

// Calls of one number that try every condition in `rules`: all combinations of edges of the arguments that a
// rule names, or `most` of them by chance, over different backgrounds for the others.
inline std::vector<seccomp_data> probing_calls(const std::vector<NaiveRule>& rules, uint32_t arch,
                                               uint32_t number, Random& random, size_t most) {
  seccomp_data blank{};
  blank.arch = arch;
  blank.nr = static_cast<int>(number);
  std::vector<seccomp_data> calls{blank};
  std::array<std::set<uint64_t>, kArgumentCount> edges;
  for (auto& values : edges) values.insert({0, UINT64_MAX});
  for (const NaiveRule& rule : rules) {
    for (const ArgumentRule& argument : rule.arguments) add_edges(argument, edges[argument.index]);
  }
  std::array<std::vector<uint64_t>, kArgumentCount> choices;
  size_t combinations = 1;
  std::vector<unsigned> used;
  for (unsigned i = 0; i < kArgumentCount; ++i) {
    choices[i].assign(edges[i].begin(), edges[i].end());
    if (choices[i].size() <= 2) continue;
    used.push_back(i);
    combinations = std::min(combinations * choices[i].size(), most + 1);
  }
  const bool all = combinations <= most;
  for (size_t i = 0; i < std::min(combinations, most); ++i) {
    seccomp_data call = blank;
    for (unsigned a = 0; a < kArgumentCount; ++a) call.args[a] = random.pick(choices[a]);
    size_t rest = i;
    for (const unsigned a : used) {
      if (!all) break;
      call.args[a] = choices[a][rest % choices[a].size()];
      rest /= choices[a].size();
    }
    calls.push_back(call);
  }
  return calls;
}

// Every call number worth a look: 0 … 600 in each ABI, and the edges of the x32 range.
inline std::set<uint32_t> probing_numbers() {
  std::set<uint32_t> numbers{1000U,       0xffffU,     kX32Bit - 1, kX32Bit + 0xffff,
                             0x7fffffffU, 0x80000000U, 0x80000001U, 0xbfffffffU,
                             0xc0000000U, 0xfffffffeU, 0xffffffffU};
  for (uint32_t i = 0; i <= 600; ++i) {
    numbers.insert({i, i | kX32Bit});
  }
  return numbers;
}

inline constexpr std::array<uint32_t, 6> kArchPool{
    AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0, 0xffffffff};

}  // namespace cove::seccomp::testing
