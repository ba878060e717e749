// What the parts of append_container_writes() share. Internal to cgroup/.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/cgroup/container_writes.h"

namespace cove::cgroup {

// Collects the writes of one controller into one directory.
class Writer {
 public:
  Writer(const Resources& resources, const WritesContext& context, std::vector<Write>& writes,
         std::vector<std::string>& notes)
      : resources_(resources), context_(context), writes_(writes), notes_(notes) {}

  [[nodiscard]] const Resources& resources() const noexcept { return resources_; }
  [[nodiscard]] const WritesContext& context() const noexcept { return context_; }
  [[nodiscard]] bool v1() const noexcept { return context_.version == 1; }
  [[nodiscard]] const Current* current() const noexcept { return context_.current; }

  void put(std::string_view field, std::string file, std::string value,
           IfMissing if_missing = IfMissing::fail) {
    writes_.push_back({context_.directory, std::move(file), std::move(value), full_name(field), if_missing});
  }
  void put(std::string_view field, std::string file, uint64_t value) {
    put(field, std::move(file), fmt::format("{}", value));
  }
  void note(std::string_view field, std::string_view why) {
    notes_.push_back(fmt::format("{}: {}", full_name(field), why));
  }
  static std::string full_name(std::string_view field) { return fmt::format("linux.resources.{}", field); }

 private:
  const Resources& resources_;
  const WritesContext& context_;
  std::vector<Write>& writes_;
  std::vector<std::string>& notes_;
};

// A negative number is no limit.
inline std::string limit_text(int64_t value, bool v1) {
  if (value < 0) return v1 ? "-1" : "max";
  return fmt::format("{}", value);
}

Status write_memory(Writer& out);
Status write_cpu(Writer& out);
Status write_cpuset(Writer& out);

}  // namespace cove::cgroup
