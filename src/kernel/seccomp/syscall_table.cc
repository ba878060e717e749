#include "kernel/seccomp/syscall_table.h"

#include <algorithm>
#include <bit>

#include "kernel/seccomp/name_index.h"

namespace cove::seccomp {
namespace {

struct SourceRow {
  std::string_view name;
  std::array<int16_t, kAbiCount> numbers;
};

// Only the compiler reads this: what the program holds is packed below, without a single pointer, so that a
// position-independent executable has nothing to relocate at its start.
constexpr SourceRow kSource[] = {
#include "seccomp/syscalls.inc"
};
constexpr size_t kRowCount = std::size(kSource);

constexpr size_t name_bytes() {
  size_t bytes = 0;
  for (const SourceRow& row : kSource) bytes += row.name.size();
  return bytes;
}

constexpr size_t number_limit() {
  int limit = 0;
  for (const SourceRow& row : kSource) {
    for (const int16_t number : row.numbers) limit = std::max(limit, number + 1);
  }
  return static_cast<size_t>(limit);
}

constexpr uint16_t kNoRow = 0xffff;
static_assert(kRowCount < kNoRow && name_bytes() <= 0xffff);

struct Row {
  uint16_t name_begin;
  uint16_t name_size;
  std::array<int16_t, kAbiCount> numbers;
};

struct Table {
  std::array<char, name_bytes()> names{};
  std::array<Row, kRowCount> rows{};                                        // sorted by name
  std::array<std::array<uint16_t, number_limit()>, kAbiCount> by_number{};  // indexes into rows, or kNoRow
  NameIndex<std::bit_ceil(kRowCount * 2)> by_name;
};

constexpr Table pack() {
  Table table;
  for (auto& abi : table.by_number) abi.fill(kNoRow);
  size_t end = 0;
  for (size_t i = 0; i < kRowCount; ++i) {
    const SourceRow& source = kSource[i];
    table.rows[i] = {static_cast<uint16_t>(end), static_cast<uint16_t>(source.name.size()), source.numbers};
    for (const char c : source.name) table.names[end++] = c;
    table.by_name.add(source.name, static_cast<uint16_t>(i));
    for (size_t abi = 0; abi < kAbiCount; ++abi) {
      if (source.numbers[abi] >= 0) table.by_number[abi][static_cast<size_t>(source.numbers[abi])] = i;
    }
  }
  return table;
}
constexpr Table kTable = pack();

constexpr std::string_view name_of(const Row& row) {
  return {kTable.names.data() + row.name_begin, row.name_size};
}

static_assert(std::is_sorted(kTable.rows.begin(), kTable.rows.end(),
                             [](const Row& a, const Row& b) { return name_of(a) < name_of(b); }));

}  // namespace

std::optional<SyscallNumbers> find_syscall(std::string_view name) noexcept {
  const auto row = kTable.by_name.find(name, syscall_name_at);
  if (!row.has_value()) return std::nullopt;
  return SyscallNumbers(kTable.rows[*row].numbers);
}

std::optional<uint32_t> syscall_number(Abi abi, std::string_view name) noexcept {
  const auto numbers = find_syscall(name);
  return numbers.has_value() ? numbers->number(abi) : std::nullopt;
}

std::string_view syscall_name(Abi abi, uint32_t number) noexcept {
  const uint32_t index = abi == Abi::x32 ? number ^ kX32Bit : number;
  const auto& by_number = kTable.by_number[static_cast<size_t>(abi)];
  if (index >= by_number.size() || by_number[index] == kNoRow) return {};
  return name_of(kTable.rows[by_number[index]]);
}

size_t syscall_count() noexcept {
  return kRowCount;
}

std::string_view syscall_name_at(size_t index) noexcept {
  return name_of(kTable.rows[index]);
}

}  // namespace cove::seccomp
