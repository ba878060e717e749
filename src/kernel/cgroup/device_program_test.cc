#include "kernel/cgroup/device_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

namespace cove::cgroup {
namespace {

constexpr auto kChar = DeviceType::character;
constexpr auto kBlock = DeviceType::block;

// Runs the few instructions that the assembler knows, with the semantics of instruction-set.rst; anything
// else, a jump backwards or an end without exit is a failure (-1).
int64_t interpret(const std::vector<struct bpf_insn>& program, const struct bpf_cgroup_dev_ctx& context) {
  std::array<uint64_t, 11> r{};
  for (size_t at = 0; at < program.size(); ++at) {
    const struct bpf_insn& i = program[at];
    uint64_t& target = r.at(i.dst_reg);
    const auto value = static_cast<uint64_t>(static_cast<int64_t>(i.imm));
    switch (i.code) {
      case BPF_LDX | BPF_MEM | BPF_W: {
        uint32_t word = 0;
        if (i.src_reg != BPF_REG_1 || i.off < 0 || i.off + sizeof word > sizeof context) return -1;
        std::memcpy(&word, reinterpret_cast<const char*>(&context) + i.off, sizeof word);
        target = word;
        break;
      }
      case BPF_ALU64 | BPF_MOV | BPF_X:
        target = r.at(i.src_reg);
        break;
      case BPF_ALU64 | BPF_MOV | BPF_K:
        target = value;
        break;
      case BPF_ALU64 | BPF_AND | BPF_K:
        target &= value;
        break;
      case BPF_ALU64 | BPF_RSH | BPF_K:
        target >>= value;
        break;
      case BPF_JMP | BPF_JNE | BPF_K:
      case BPF_JMP | BPF_JEQ | BPF_K:
        if (i.off < 0) return -1;
        if ((target == value) == (BPF_OP(i.code) == BPF_JEQ)) at += static_cast<size_t>(i.off);
        break;
      case BPF_JMP | BPF_EXIT:
        return static_cast<int64_t>(r[0]);
      default:
        return -1;
    }
  }
  return -1;
}

// Compares program and policy for every access to devices with these numbers.
void expect_same_decisions(const DevicePolicy& policy) {
  const std::vector<struct bpf_insn> program = assemble_device_program(policy);
  for (const DeviceType type : {kBlock, kChar}) {
    for (const uint32_t major : {0U, 1U, 5U, 8U, 10U, 136U, 137U, 4095U}) {
      for (const uint32_t minor : {0U, 1U, 2U, 3U, 5U, 9U, 16U, 200U, 1048575U}) {
        for (uint8_t access = 0; access <= kDeviceAllAccess; ++access) {
          struct bpf_cgroup_dev_ctx context {};
          context.access_type =
              (uint32_t{access} << 16) | (type == kBlock ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
          context.major = major;
          context.minor = minor;
          ASSERT_EQ(interpret(program, context), device_allowed(policy, type, major, minor, access) ? 1 : 0)
              << (type == kBlock ? "b " : "c ") << major << ":" << minor << " access " << int{access};
        }
      }
    }
  }
}

DevicePolicy policy_of(const std::vector<std::pair<bool, const char*>>& texts) {
  std::vector<DeviceRule> rules;
  for (const auto& [allow, text] : texts) rules.push_back(parse_device_rule(allow, text).value());
  return reduce_device_rules(rules).value();
}

TEST(DeviceProgram, DecidesAsThePolicy) {
  expect_same_decisions({});
  expect_same_decisions({true, {}});
  expect_same_decisions(reduce_device_rules(default_device_rules()).value());
  expect_same_decisions(
      policy_of({{true, "c 1:* r"}, {true, "c *:3 w"}, {true, "b *:* rm"}, {true, "b 8:16 rwm"}}));
  expect_same_decisions(
      policy_of({{true, "a"}, {false, "b 8:* w"}, {false, "c 10:200 rwm"}, {false, "c *:9 m"}}));
}

TEST(DeviceProgram, TheComparisonCanFail) {
  DevicePolicy policy = policy_of({{true, "c 1:3 rw"}});
  const auto program = assemble_device_program(policy);
  struct bpf_cgroup_dev_ctx context {
    (BPF_DEVCG_ACC_READ << 16) | BPF_DEVCG_DEV_CHAR, 1, 3
  };
  EXPECT_EQ(interpret(program, context), 1);
  context.access_type |= BPF_DEVCG_ACC_MKNOD << 16;
  EXPECT_EQ(interpret(program, context), 0);
}

TEST(DeviceProgram, StaysSmall) {
  // 6 to unpack, 2 to leave, and the exceptions.
  EXPECT_EQ(assemble_device_program({}).size(), 8U);
  EXPECT_LE(assemble_device_program(policy_of({{true, "c 1:3 r"}})).size(), 16U);
}

}  // namespace
}  // namespace cove::cgroup
