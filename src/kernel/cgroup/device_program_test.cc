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

// Compares program and decision for every access to devices with these numbers.
template <typename Decide>
void expect_decisions(const std::vector<struct bpf_insn>& program, Decide decide) {
  for (const DeviceType type : {kBlock, kChar}) {
    for (const uint32_t major : {0U, 1U, 5U, 8U, 10U, 136U, 137U, 4095U}) {
      for (const uint32_t minor : {0U, 1U, 2U, 3U, 5U, 9U, 16U, 200U, 1048575U}) {
        for (uint8_t access = 0; access <= kDeviceAllAccess; ++access) {
          struct bpf_cgroup_dev_ctx context {};
          context.access_type =
              (uint32_t{access} << 16) | (type == kBlock ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
          context.major = major;
          context.minor = minor;
          ASSERT_EQ(interpret(program, context), decide(type, major, minor, access) ? 1 : 0)
              << (type == kBlock ? "b " : "c ") << major << ":" << minor << " access " << int{access};
        }
      }
    }
  }
}

void expect_same_decisions(const DevicePolicy& policy) {
  expect_decisions(assemble_device_program(policy),
                   [&](DeviceType type, uint32_t major, uint32_t minor, uint8_t access) {
                     return device_allowed(policy, type, major, minor, access);
                   });
}

void expect_same_decisions(const std::vector<DeviceRule>& rules) {
  expect_decisions(assemble_device_program(rules),
                   [&](DeviceType type, uint32_t major, uint32_t minor, uint8_t access) {
                     return rules_allow(rules, type, major, minor, access);
                   });
}

std::vector<DeviceRule> rules_of(const std::vector<std::pair<bool, const char*>>& texts) {
  std::vector<DeviceRule> rules;
  for (const auto& [allow, text] : texts) rules.push_back(parse_device_rule(allow, text).value());
  return rules;
}

DevicePolicy policy_of(const std::vector<std::pair<bool, const char*>>& texts) {
  std::vector<DeviceRule> rules;
  for (const auto& [allow, text] : texts) rules.push_back(parse_device_rule(allow, text).value());
  return reduce_device_rules(rules).value();
}

TEST(DeviceProgram, DecidesAsThePolicy) {
  expect_same_decisions(DevicePolicy{});
  expect_same_decisions(DevicePolicy{true, {}});
  expect_same_decisions(reduce_device_rules(default_device_rules()).value());
  expect_same_decisions(
      policy_of({{true, "c 1:* r"}, {true, "c *:3 w"}, {true, "b *:* rm"}, {true, "b 8:16 rwm"}}));
  expect_same_decisions(
      policy_of({{true, "a"}, {false, "b 8:* w"}, {false, "c 10:200 rwm"}, {false, "c *:9 m"}}));
}

TEST(DeviceProgram, DecidesAsTheListInItsOrder) {
  expect_same_decisions(std::vector<DeviceRule>{});
  expect_same_decisions(default_device_rules());
  expect_same_decisions(rules_of({{true, "a"}}));
  expect_same_decisions(rules_of({{true, "c 1:3 rwm"}, {false, "a"}}));
  // A hole, and one access that two rules grant together.
  expect_same_decisions(rules_of({{false, "a"}, {true, "c 1:* rwm"}, {false, "c 1:3 w"}, {true, "c 1:3 m"}}));
  expect_same_decisions(
      rules_of({{true, "c *:* r"}, {true, "c 5:* w"}, {false, "b 8:* rm"}, {true, "b 8:16 m"}}));
  std::vector<DeviceRule> any_type = rules_of({{true, "a"}, {false, "c 10:200 rw"}, {true, "c 10:* r"}});
  any_type[1].type = DeviceType::all;
  any_type.push_back({false, DeviceType::all, 8, {}, kDeviceMknod});
  expect_same_decisions(any_type);
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
  EXPECT_EQ(assemble_device_program(DevicePolicy{}).size(), 8U);
  EXPECT_LE(assemble_device_program(policy_of({{true, "c 1:3 r"}})).size(), 16U);
  EXPECT_EQ(assemble_device_program(std::vector<DeviceRule>{}).size(), 8U);
  EXPECT_LE(assemble_device_program(rules_of({{false, "c 1:3 r"}})).size(), 16U);
  // What stands before "all" has no effect.
  EXPECT_EQ(assemble_device_program(rules_of({{true, "c 1:3 r"}, {true, "b *:* r"}, {false, "a"}})).size(),
            8U);
}

}  // namespace
}  // namespace cove::cgroup
