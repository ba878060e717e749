#include "kernel/seccomp/rule_code.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>

#include "kernel/seccomp/range_tree.h"

namespace cove::seccomp {
namespace {

constexpr uint64_t kLowBits = 0xffffffff;

constexpr uint32_t low(uint64_t value) {
  return static_cast<uint32_t>(value);
}
constexpr uint32_t high(uint64_t value) {
  return static_cast<uint32_t>(value >> 32);
}

// Little-endian, as every ABI here.
uint32_t low_offset(uint8_t argument) {
  return static_cast<uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(uint64_t));
}
uint32_t high_offset(uint8_t argument) {
  return low_offset(argument) + sizeof(uint32_t);
}

// One word of an argument under a mask. `yes` and `no` are where to go.
Label add_masked_word(Assembler& assembler, uint32_t offset, uint32_t mask, uint32_t value, Label yes,
                      Label no) {
  if (mask == 0) return yes;
  if (value == 0) return assembler.add_load(offset, assembler.add_branch(Jump::if_bits, mask, no, yes));
  const Label compare = assembler.add_branch(Jump::if_equal, value, yes, no);
  return assembler.add_load(offset, mask == kLowBits ? compare : assembler.add_mask(mask, compare));
}

Label add_masked(Assembler& assembler, const Condition& condition, bool wide, Label yes, Label no) {
  const Label low_word = add_masked_word(assembler, low_offset(condition.argument), low(condition.mask),
                                         low(condition.value), yes, no);
  if (!wide) return low_word;
  return add_masked_word(assembler, high_offset(condition.argument), high(condition.mask),
                         high(condition.value), low_word, no);
}

// "argument > value", or >= with Jump::if_greater_equal.
Label add_greater(Assembler& assembler, const Condition& condition, bool wide, Jump jump, Label yes,
                  Label no) {
  const Label compare_low = assembler.add_branch(jump, low(condition.value), yes, no);
  const Label low_word = assembler.add_load(low_offset(condition.argument), compare_low);
  if (!wide) return low_word;
  const Label same_high = assembler.add_branch(Jump::if_equal, high(condition.value), low_word, no);
  const Label compare_high = assembler.add_branch(Jump::if_greater, high(condition.value), yes, same_high);
  return assembler.add_load(high_offset(condition.argument), compare_high);
}

Label add_condition(Assembler& assembler, const Condition& condition, bool wide, Label yes, Label no) {
  switch (condition.comparison) {
    case Comparison::equal:
    case Comparison::masked_equal:
      return add_masked(assembler, condition, wide, yes, no);
    case Comparison::not_equal:
      return add_masked(assembler, condition, wide, no, yes);
    case Comparison::greater:
      return add_greater(assembler, condition, wide, Jump::if_greater, yes, no);
    case Comparison::greater_equal:
      return add_greater(assembler, condition, wide, Jump::if_greater_equal, yes, no);
    case Comparison::less:
      return add_greater(assembler, condition, wide, Jump::if_greater_equal, no, yes);
    case Comparison::less_equal:
      return add_greater(assembler, condition, wide, Jump::if_greater, no, yes);
  }
  return no;
}

// One rule after the other.
Label add_sequence(Assembler& assembler, const std::vector<Rule>& rules, const Decision& decision) {
  Label next = assembler.add_return(decision.result);
  for (auto index = decision.rules.rbegin(); index != decision.rules.rend() && !assembler.overflown();
       ++index) {
    const Rule& rule = rules[*index];
    Label matched = assembler.add_return(rule.result);
    const auto conditions = rule.all();
    for (auto condition = conditions.rbegin(); condition != conditions.rend(); ++condition) {
      matched = add_condition(assembler, *condition, rule.wide, matched, next);
    }
    next = matched;
  }
  return next;
}

// The values that fit a condition on one argument: at most two stretches, both ends included.
struct Stretch {
  uint64_t first = 0;
  uint64_t last = 0;
};

std::vector<Stretch> stretches(const Condition& condition, uint64_t maximum) {
  const uint64_t value = condition.value;
  std::vector<Stretch> found;
  const bool below = value > 0;
  const bool above = value < maximum;
  switch (condition.comparison) {
    case Comparison::equal:
      return {{value, value}};
    case Comparison::not_equal:
      if (below) found.push_back({0, value - 1});
      if (above) found.push_back({value + 1, maximum});
      return found;
    case Comparison::less:
      if (below) found.push_back({0, value - 1});
      return found;
    case Comparison::less_equal:
      return {{0, value}};
    case Comparison::greater:
      if (above) found.push_back({value + 1, maximum});
      return found;
    case Comparison::greater_equal:
      return {{value, maximum}};
    case Comparison::masked_equal:
      break;
  }
  return found;
}

// From `first` up to the next cell's: one result.
struct Cell {
  uint64_t first = 0;
  uint32_t result = 0;
};

// Every value of the argument, cut where the result changes.
std::vector<Cell> make_cells(const std::vector<Rule>& rules, const Decision& decision, uint64_t maximum) {
  std::vector<Cell> cells{{0, decision.result}};
  for (const uint32_t index : decision.rules) {
    for (const Stretch stretch : stretches(rules[index].conditions[0], maximum)) {
      cells.push_back({stretch.first, decision.result});
      if (stretch.last < maximum) cells.push_back({stretch.last + 1, decision.result});
    }
  }
  const auto before = [](const Cell& a, const Cell& b) { return a.first < b.first; };
  const auto same = [](const Cell& a, const Cell& b) { return a.first == b.first; };
  std::sort(cells.begin(), cells.end(), before);
  cells.erase(std::unique(cells.begin(), cells.end(), same), cells.end());
  // The first rule that fits counts, so it is painted last.
  for (auto index = decision.rules.rbegin(); index != decision.rules.rend(); ++index) {
    const Rule& rule = rules[*index];
    for (const Stretch stretch : stretches(rule.conditions[0], maximum)) {
      auto cell = std::lower_bound(cells.begin(), cells.end(), Cell{stretch.first, 0}, before);
      for (; cell != cells.end() && cell->first <= stretch.last; ++cell) cell->result = rule.result;
    }
  }
  return cells;
}

// One comparison tree over the low word; the cells share their high word, or the argument has none.
Label add_low_tree(Assembler& assembler, uint8_t argument, std::span<const Cell> cells,
                   uint32_t result_below) {
  std::vector<TargetRange> ranges{{0, assembler.add_return(result_below)}};
  for (const Cell& cell : cells) append_range(ranges, {low(cell.first), assembler.add_return(cell.result)});
  if (ranges.size() == 1) return ranges[0].target;
  return assembler.add_load(low_offset(argument), add_range_tree(assembler, ranges));
}

// All rules compare the same single argument with numbers: a search tree instead of a sequence.
Label add_value_tree(Assembler& assembler, const std::vector<Rule>& rules, const Decision& decision) {
  const Rule& sample = rules[decision.rules.front()];
  const uint8_t argument = sample.conditions[0].argument;
  const std::vector<Cell> cells = make_cells(rules, decision, sample.wide ? ~uint64_t{0} : kLowBits);
  if (!sample.wide) return add_low_tree(assembler, argument, cells, cells.front().result);
  std::vector<TargetRange> ranges;
  uint32_t result = cells.front().result;  // just below the current cell
  for (auto begin = cells.begin(); begin != cells.end() && !assembler.overflown();) {
    const uint32_t word = high(begin->first);
    const auto end =
        std::find_if(begin, cells.end(), [&](const Cell& cell) { return high(cell.first) != word; });
    append_range(ranges, {word, add_low_tree(assembler, argument, {begin, end}, result)});
    result = std::prev(end)->result;
    if (word != kLowBits) append_range(ranges, {word + 1, assembler.add_return(result)});
    begin = end;
  }
  if (ranges.size() == 1) return ranges[0].target;
  return assembler.add_load(high_offset(argument), add_range_tree(assembler, ranges));
}

bool is_numeric_on_one_argument(const std::vector<Rule>& rules, const Decision& decision) {
  const uint8_t argument = rules[decision.rules.front()].conditions[0].argument;
  return std::all_of(decision.rules.begin(), decision.rules.end(), [&](uint32_t index) {
    const Rule& rule = rules[index];
    return rule.count == 1 && rule.conditions[0].argument == argument &&
           rule.conditions[0].comparison != Comparison::masked_equal;
  });
}

}  // namespace

Label add_decision(Assembler& assembler, const std::vector<Rule>& rules, const Decision& decision) {
  if (decision.rules.empty()) return assembler.add_return(decision.result);
  if (is_numeric_on_one_argument(rules, decision)) return add_value_tree(assembler, rules, decision);
  return add_sequence(assembler, rules, decision);
}

}  // namespace cove::seccomp
