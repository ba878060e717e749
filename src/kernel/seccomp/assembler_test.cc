#include "kernel/seccomp/assembler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/seccomp/interpreter.h"
#include "kernel/seccomp/range_tree.h"

namespace cove::seccomp {
namespace {

uint32_t run(const std::vector<sock_filter>& program, uint32_t number) {
  seccomp_data call{};
  call.nr = static_cast<int>(number);
  return evaluate(program, call);
}

uint32_t run(const Assembler& assembler, uint32_t number) {
  const auto program = assembler.finish();
  EXPECT_TRUE(check_program(program).ok());
  return run(program, number);
}

TEST(Assembler, ReturnsAreShared) {
  Assembler assembler;
  const Label one = assembler.add_return(1);
  EXPECT_NE(assembler.add_return(2), one);
  EXPECT_EQ(assembler.add_return(1), one);
  EXPECT_EQ(assembler.finish().size(), 2U);
}

TEST(Assembler, BranchWithOneTargetIsNone) {
  Assembler assembler;
  const Label one = assembler.add_return(1);
  EXPECT_EQ(assembler.add_branch(Jump::if_equal, 5, one, one), one);
}

TEST(Assembler, EveryComparison) {
  const auto outcome = [](Jump jump, uint32_t operand, uint32_t number) {
    Assembler assembler;
    const Label no = assembler.add_return(0);
    const Label yes = assembler.add_return(1);
    assembler.add_load(0, assembler.add_branch(jump, operand, yes, no));
    return run(assembler, number);
  };
  EXPECT_EQ(outcome(Jump::if_equal, 5, 5), 1U);
  EXPECT_EQ(outcome(Jump::if_equal, 5, 6), 0U);
  EXPECT_EQ(outcome(Jump::if_greater, 5, 5), 0U);
  EXPECT_EQ(outcome(Jump::if_greater, 5, 0x80000000), 1U);
  EXPECT_EQ(outcome(Jump::if_greater_equal, 5, 5), 1U);
  EXPECT_EQ(outcome(Jump::if_greater_equal, 5, 4), 0U);
  EXPECT_EQ(outcome(Jump::if_bits, 6, 4), 1U);
  EXPECT_EQ(outcome(Jump::if_bits, 6, 9), 0U);
}

TEST(Assembler, MaskAndLoadGoOnToWhatIsNamed) {
  Assembler assembler;
  const Label no = assembler.add_return(0);
  const Label yes = assembler.add_return(1);
  const Label compare = assembler.add_branch(Jump::if_equal, 4, yes, no);
  assembler.add_return(77);  // in between: the mask has to jump over it
  assembler.add_load(0, assembler.add_mask(0xc, compare));
  EXPECT_EQ(run(assembler, 7), 1U);
  EXPECT_EQ(run(assembler, 8), 0U);
}

// Targets hundreds of instructions away, in every distance around the limit of a conditional jump.
TEST(Assembler, FarTargetsGetSteppingStones) {
  for (uint32_t gap = 240; gap < 270; ++gap) {
    Assembler assembler;
    const Label no = assembler.add_return(0);
    const Label loaded =
        assembler.add_load(0, assembler.add_branch(Jump::if_greater, 10, assembler.add_return(1), no));
    const Label masked = assembler.add_load(0, assembler.add_mask(0, loaded));
    for (uint32_t i = 0; i < gap; ++i) assembler.add_mask(~0U, masked);
    assembler.add_load(0, assembler.add_branch(Jump::if_equal, 3, no, loaded));
    EXPECT_EQ(run(assembler, 3), 0U) << gap;
    EXPECT_EQ(run(assembler, 4), 0U) << gap;
    EXPECT_EQ(run(assembler, 11), 1U) << gap;
  }
}

TEST(Assembler, StopsAtTheKernelsLimit) {
  Assembler assembler;
  Label next = assembler.add_return(1);
  for (int i = 0; i < BPF_MAXINSNS - 1; ++i) next = assembler.add_load(0, next);
  EXPECT_FALSE(assembler.overflown());
  for (int i = 0; i < 100'000; ++i) next = assembler.add_load(0, next);
  EXPECT_TRUE(assembler.overflown());
  EXPECT_LE(assembler.finish().size(), BPF_MAXINSNS + 2U);
}

TEST(RangeTree, FindsEveryRange) {
  for (const uint32_t count : {1U, 2U, 3U, 4U, 7U, 100U, 900U}) {
    Assembler assembler;
    std::vector<TargetRange> ranges;
    // Ranges of 1, 2, 3, 1, 2, 3 … numbers; the results repeat, but never side by side.
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; ++i) {
      append_range(ranges, {first, assembler.add_return(100 + i % 5)});
      first += 1 + i % 3;
    }
    assembler.add_load(0, add_range_tree(assembler, ranges));
    const auto program = assembler.finish();
    EXPECT_TRUE(check_program(program).ok());
    first = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t after = first + 1 + i % 3;
      EXPECT_EQ(run(program, first), 100 + i % 5);
      EXPECT_EQ(run(program, after - 1), 100 + i % 5);
      first = after;
    }
    EXPECT_EQ(run(program, 0xffffffff), 100 + (count - 1) % 5);
  }
}

TEST(RangeTree, MergesAndReplaces) {
  std::vector<TargetRange> ranges;
  append_range(ranges, {0, 1});
  append_range(ranges, {5, 1});
  EXPECT_EQ(ranges.size(), 1U);
  append_range(ranges, {7, 2});
  append_range(ranges, {7, 1});
  EXPECT_EQ(ranges.size(), 1U);
}

}  // namespace
}  // namespace cove::seccomp
