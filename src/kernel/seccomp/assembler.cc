#include "kernel/seccomp/assembler.h"

#include <algorithm>

namespace cove::seccomp {
namespace {

// A conditional jump skips at most 255 instructions. Two less, so that the stepping stone of one target does
// not push the other out of reach.
constexpr uint32_t kReach = 253;

// The entry for `key`, made on first use.
template <typename Entries, typename Key>
typename Entries::value_type* find_entry(Entries& entries, Key key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == key; });
  return found != entries.end() ? &*found : nullptr;
}

}  // namespace

Label Assembler::add(sock_filter instruction) {
  if (!overflown()) reversed_.push_back(instruction);
  return static_cast<Label>(reversed_.size() - 1);
}

bool Assembler::reachable(Label label) const {
  return reversed_.size() - label - 1 <= kReach;
}

Label Assembler::add_return(uint32_t result) {
  auto* known = find_entry(returns_, result);
  if (known != nullptr && reachable(known->second)) return known->second;
  const Label label = add({BPF_RET | BPF_K, 0, 0, result});
  if (known != nullptr) {
    known->second = label;
  } else {
    returns_.emplace_back(result, label);
  }
  return label;
}

Label Assembler::bring_near(Label label) {
  if (reachable(label)) return label;
  if (reversed_[label].code == (BPF_RET | BPF_K)) return add_return(reversed_[label].k);
  auto* known = find_entry(stones_, label);
  if (known != nullptr && reachable(known->second)) return known->second;
  const Label stone = add({BPF_JMP | BPF_JA, 0, 0, static_cast<uint32_t>(reversed_.size()) - label - 1});
  if (known != nullptr) {
    known->second = stone;
  } else {
    stones_.emplace_back(label, stone);
  }
  return stone;
}

Label Assembler::add_branch(Jump jump, uint32_t operand, Label if_true, Label if_false) {
  if (if_true == if_false) return if_true;
  const Label near_true = bring_near(if_true);
  const Label near_false = bring_near(if_false);
  const auto here = static_cast<uint32_t>(reversed_.size());
  return add({static_cast<uint16_t>(jump), static_cast<uint8_t>(here - near_true - 1),
              static_cast<uint8_t>(here - near_false - 1), operand});
}

// An instruction that goes on to the one after it: that must be `next`.
Label Assembler::add_before(sock_filter instruction, Label next) {
  const auto here = static_cast<uint32_t>(reversed_.size());
  if (next + 1 != here) add({BPF_JMP | BPF_JA, 0, 0, here - next - 1});
  return add(instruction);
}

Label Assembler::add_load(uint32_t offset, Label next) {
  return add_before({BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}, next);
}

Label Assembler::add_mask(uint32_t mask, Label next) {
  return add_before({BPF_ALU | BPF_AND | BPF_K, 0, 0, mask}, next);
}

}  // namespace cove::seccomp
