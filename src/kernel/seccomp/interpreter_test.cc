#include "kernel/seccomp/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace cove::seccomp {
namespace {

using Code = std::vector<sock_filter>;

constexpr uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr uint16_t kReturn = BPF_RET | BPF_K;
constexpr uint16_t kEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr uint16_t kGoto = BPF_JMP | BPF_JA;

TEST(Interpreter, LoadsEveryWord) {
  seccomp_data call{};
  call.nr = 1;
  call.arch = 2;
  call.instruction_pointer = 0x0000000400000003;
  for (uint64_t i = 0; i < 6; ++i) call.args[i] = (6 + 2 * i) << 32 | (5 + 2 * i);
  for (uint32_t word = 0; word < sizeof call / 4; ++word) {
    const Code code{
        {kLoad, 0, 0, word * 4}, {kEqual, 0, 1, word + 1}, {kReturn, 0, 0, 7}, {kReturn, 0, 0, 8}};
    EXPECT_TRUE(check_program(code).ok());
    EXPECT_EQ(evaluate(code, call), 7U) << word;
  }
}

TEST(Interpreter, FollowsJumps) {
  const Code code{{kGoto, 0, 0, 1}, {kReturn, 0, 0, 1}, {kReturn, 0, 0, 2}};
  EXPECT_EQ(evaluate(code, {}), 2U);
}

TEST(Interpreter, RefusesWhatTheKernelRefuses) {
  const sock_filter ret{kReturn, 0, 0, 0};
  EXPECT_FALSE(check_program({}).ok());
  EXPECT_FALSE(check_program(Code(BPF_MAXINSNS + 1, ret)).ok());
  EXPECT_TRUE(check_program(Code(BPF_MAXINSNS, ret)).ok());
  EXPECT_FALSE(check_program(Code{{kLoad, 0, 0, 0}}).ok());
  EXPECT_FALSE(check_program(Code{{kLoad, 0, 0, 64}, ret}).ok());
  EXPECT_FALSE(check_program(Code{{kLoad, 0, 0, 2}, ret}).ok());
  EXPECT_FALSE(check_program(Code{{kGoto, 0, 0, 1}, ret}).ok());
  EXPECT_FALSE(check_program(Code{{kGoto, 0, 0, 0xffffffff}, ret}).ok());
  EXPECT_FALSE(check_program(Code{{kEqual, 0, 1, 0}, ret}).ok());
  EXPECT_FALSE(check_program(Code{{BPF_MISC | BPF_TAX, 0, 0, 0}, ret}).ok());
  EXPECT_THAT(check_program(Code{ret, {kGoto, 0, 0, 7}, ret}).error().message(),
              testing::HasSubstr("instruction 1: goes past the end"));
}

TEST(Interpreter, BrokenProgramsKill) {
  EXPECT_EQ(evaluate({}, {}), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(evaluate(Code{{kLoad, 0, 0, 64}}, {}), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(evaluate(Code{{kGoto, 0, 0, 0xffffffff}}, {}), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(evaluate(Code{{0x99, 0, 0, 0}}, {}), SECCOMP_RET_KILL_PROCESS);
}

TEST(Interpreter, ExploresBothWaysOfAnUnknownComparison) {
  constexpr uint32_t kFirstArgument = offsetof(seccomp_data, args);
  const Code code{{kLoad, 0, 0, 0},
                  {kEqual, 0, 3, 5},  // another number: to the end
                  {kLoad, 0, 0, kFirstArgument},
                  {kEqual, 0, 2, 9},
                  {kReturn, 0, 0, 1},
                  {kReturn, 0, 0, 2},
                  {kReturn, 0, 0, 3}};
  EXPECT_THAT(possible_results(code, Abi::x86_64, 5), testing::ElementsAre(1, 3));
  EXPECT_THAT(possible_results(code, Abi::x86_64, 6), testing::ElementsAre(2));
}

TEST(Interpreter, ExplorationForgetsWhatDiffersBetweenTwoWays) {
  constexpr uint32_t kFirstArgument = offsetof(seccomp_data, args);
  // The accumulator is 5 or the argument where it is compared for the second time.
  const Code code{{kLoad, 0, 0, kFirstArgument},
                  {kEqual, 0, 1, 7},
                  {kLoad, 0, 0, 0},
                  {kEqual, 0, 1, 5},
                  {kReturn, 0, 0, 1},
                  {kReturn, 0, 0, 2}};
  EXPECT_THAT(possible_results(code, Abi::x86_64, 5), testing::ElementsAre(1, 2));
}

TEST(Interpreter, ExplorationOfABrokenProgramKills) {
  const auto killed = testing::ElementsAre(uint32_t{SECCOMP_RET_KILL_PROCESS});
  EXPECT_THAT(possible_results({}, Abi::x86_64, 0), killed);
  EXPECT_THAT(possible_results(Code{{kLoad, 0, 0, 64}}, Abi::x86_64, 0), killed);
  EXPECT_THAT(possible_results(Code{{kGoto, 0, 0, 0xffffffff}}, Abi::x86_64, 0), killed);
  EXPECT_THAT(possible_results(Code{{0x99, 0, 0, 0}}, Abi::x86_64, 0), killed);
}

}  // namespace
}  // namespace cove::seccomp
