#include "kernel/cgroup/device_program.h"

#include <cstddef>

namespace cove::cgroup {
namespace {

// The registers' use.
constexpr uint8_t kResult = BPF_REG_0;
constexpr uint8_t kContext = BPF_REG_1;
constexpr uint8_t kType = BPF_REG_2;
constexpr uint8_t kAccess = BPF_REG_3;
constexpr uint8_t kMajor = BPF_REG_4;
constexpr uint8_t kMinor = BPF_REG_5;
constexpr uint8_t kScratch = BPF_REG_0;  // free until the result is known

class Assembler {
 public:
  // register = *(u32*)(context + offset)
  void load(uint8_t target, size_t offset) {
    emit(BPF_LDX | BPF_MEM | BPF_W, target, kContext, static_cast<int16_t>(offset), 0);
  }
  void move(uint8_t target, uint8_t source) { emit(BPF_ALU64 | BPF_MOV | BPF_X, target, source, 0, 0); }
  void set(uint8_t target, int32_t value) { emit(BPF_ALU64 | BPF_MOV | BPF_K, target, 0, 0, value); }
  void keep_bits(uint8_t target, int32_t mask) { emit(BPF_ALU64 | BPF_AND | BPF_K, target, 0, 0, mask); }
  void shift_right(uint8_t target, int32_t bits) { emit(BPF_ALU64 | BPF_RSH | BPF_K, target, 0, 0, bits); }
  void leave(int32_t result) {
    set(kResult, result);
    emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
  }
  // Jumps whose target is the next land().
  void skip_unless_equal(uint8_t left, uint32_t value) { skip(BPF_JNE, left, static_cast<int32_t>(value)); }
  void skip_if_equal(uint8_t left, uint32_t value) { skip(BPF_JEQ, left, static_cast<int32_t>(value)); }
  void land() {
    for (const size_t at : open_) program_[at].off = static_cast<int16_t>(program_.size() - at - 1);
    open_.clear();
  }
  std::vector<struct bpf_insn> take() { return std::move(program_); }

 private:
  void emit(int code, uint8_t target, uint8_t source, int16_t offset, int32_t value) {
    struct bpf_insn instruction {};
    instruction.code = static_cast<uint8_t>(code);
    instruction.dst_reg = target & 0xfU;
    instruction.src_reg = source & 0xfU;
    instruction.off = offset;
    instruction.imm = value;
    program_.push_back(instruction);
  }
  void skip(int operation, uint8_t left, int32_t value) {
    open_.push_back(program_.size());
    emit(BPF_JMP | BPF_K | operation, left, 0, 0, value);
  }

  std::vector<struct bpf_insn> program_;
  std::vector<size_t> open_;
};

// access_type is (BPF_DEVCG_ACC_* << 16) | BPF_DEVCG_DEV_*.
void unpack_context(Assembler& out) {
  constexpr int32_t kTypeMask = 0xffff;
  constexpr int32_t kAccessShift = 16;
  out.load(kType, offsetof(struct bpf_cgroup_dev_ctx, access_type));
  out.move(kAccess, kType);
  out.keep_bits(kType, kTypeMask);
  out.shift_right(kAccess, kAccessShift);
  out.load(kMajor, offsetof(struct bpf_cgroup_dev_ctx, major));
  out.load(kMinor, offsetof(struct bpf_cgroup_dev_ctx, minor));
}

void assemble_match(Assembler& out, const DeviceRule& rule) {
  if (rule.type != DeviceType::all) {
    out.skip_unless_equal(kType, rule.type == DeviceType::block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  }
  if (rule.major) out.skip_unless_equal(kMajor, *rule.major);
  if (rule.minor) out.skip_unless_equal(kMinor, *rule.minor);
}

void assemble_exception(Assembler& out, const DeviceRule& rule) {
  assemble_match(out, rule);
  if (rule.allow && rule.access != kDeviceAllAccess) {
    // Anything asked for beyond the rule's access? Then the rule does not apply.
    out.move(kScratch, kAccess);
    out.keep_bits(kScratch, ~static_cast<int32_t>(rule.access));
    out.skip_unless_equal(kScratch, 0);
  } else if (!rule.allow) {
    // Nothing asked for that the rule forbids?
    out.move(kScratch, kAccess);
    out.keep_bits(kScratch, rule.access);
    out.skip_if_equal(kScratch, 0);
  }
  out.leave(rule.allow ? 1 : 0);
  out.land();
}

// kAccess holds what no later rule has allowed yet.
void assemble_ordered_rule(Assembler& out, const DeviceRule& rule) {
  assemble_match(out, rule);
  if (rule.allow) {
    out.keep_bits(kAccess, ~static_cast<int32_t>(rule.access));
    out.skip_unless_equal(kAccess, 0);
  } else {
    out.move(kScratch, kAccess);
    out.keep_bits(kScratch, rule.access);
    out.skip_if_equal(kScratch, 0);
  }
  out.leave(rule.allow ? 1 : 0);
  out.land();
}

}  // namespace

std::vector<struct bpf_insn> assemble_device_program(std::span<const DeviceRule> rules) {
  Assembler out;
  unpack_context(out);
  while (!rules.empty()) {
    const DeviceRule& rule = rules.back();
    const bool whole =
        rule.type == DeviceType::all && !rule.major && !rule.minor && rule.access == kDeviceAllAccess;
    if (whole) {  // what stands before it has no effect
      out.leave(rule.allow ? 1 : 0);
      return out.take();
    }
    assemble_ordered_rule(out, rule);
    rules = rules.first(rules.size() - 1);
  }
  out.leave(0);
  return out.take();
}

std::vector<struct bpf_insn> assemble_device_program(const DevicePolicy& policy) {
  Assembler out;
  unpack_context(out);
  for (const DeviceRule& rule : policy.exceptions) assemble_exception(out, rule);
  out.leave(policy.default_allow ? 1 : 0);
  return out.take();
}

}  // namespace cove::cgroup
