// Writes a classic BPF program from its end to its beginning: jumps only go forward, so every target is known
// when the jump to it is written. Internal to kernel/seccomp. Source: kernel
// Documentation/networking/filter.rst.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace cove::seccomp {

// An instruction, counted from the end of the program: code put in front does not change it.
using Label = uint32_t;

enum class Jump : uint16_t {
  if_equal = BPF_JMP | BPF_JEQ | BPF_K,
  if_greater = BPF_JMP | BPF_JGT | BPF_K,
  if_greater_equal = BPF_JMP | BPF_JGE | BPF_K,
  if_bits = BPF_JMP | BPF_JSET | BPF_K,
};

class Assembler {
 public:
  // All return the label of what they put in front. Past BPF_MAXINSNS nothing is written any more; see
  // overflown().
  //
  // "return result": one that a jump can reach from here is used again.
  Label add_return(uint32_t result);
  // "if (accumulator ? operand) goto if_true; else goto if_false". A target beyond the 255 instructions of
  // such a jump gets a stepping stone on the way.
  Label add_branch(Jump jump, uint32_t operand, Label if_true, Label if_false);
  // "accumulator = word at `offset` of seccomp_data; goto next"
  Label add_load(uint32_t offset, Label next);
  // "accumulator &= mask; goto next"
  Label add_mask(uint32_t mask, Label next);

  [[nodiscard]] bool overflown() const { return reversed_.size() > BPF_MAXINSNS; }
  // The program from its beginning, which is the last thing added.
  [[nodiscard]] std::vector<sock_filter> finish() const { return {reversed_.rbegin(), reversed_.rend()}; }

 private:
  Label add(sock_filter instruction);
  Label add_before(sock_filter instruction, Label next);
  Label bring_near(Label label);
  [[nodiscard]] bool reachable(Label label) const;

  std::vector<sock_filter> reversed_;
  std::vector<std::pair<uint32_t, Label>> returns_;  // result, its latest label
  std::vector<std::pair<Label, Label>> stones_;      // far target, its latest stepping stone
};

}  // namespace cove::seccomp
