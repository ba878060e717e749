// What the parts of validate() share. Internal to this module.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strings.h"
#include "spec/runtime_spec.h"

namespace cove::spec {

// Where a property lies. The text is put together only for a message. It refers to its parent: it is for
// arguments, and for variables whose parent is one.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;
  size_t index = 0;  // counts when `key` is empty

  [[nodiscard]] Place at(std::string_view member) const { return {this, member, 0}; }
  [[nodiscard]] Place at(size_t element) const { return {this, {}, element}; }
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] Error reject(const Place& place, std::string_view why, std::string_view way_out = {});

// The string must be there and begin with '/'.
Status require_absolute(std::string_view path, const Place& place);

// The string must be one of the words, which the message lists.
template <size_t N>
Status require_known(const std::array<std::string_view, N>& words, std::string_view word,
                     const Place& place) {
  for (const std::string_view known : words) {
    if (known == word) return {};
  }
  return reject(place, fmt::format("unknown value {}; use one of {}", quote(word), fmt::join(words, ", ")));
}

// Of a list of paths, each.
Status require_all_absolute(const std::vector<std::string>& paths, const Place& place);

// A list of CPUs or nodes as "0-3,8"; spaces are allowed around its parts.
Status require_number_list(std::string_view text, const Place& place);

// Id mappings that the kernel can take: user_namespaces(7).
Status check_id_mappings(const std::vector<IdMapping>& mappings, const Place& place);

// The parts. Each adds to `warnings`.
Status check_process(const Process& process, const Place& place, Warnings& warnings);
Status check_resources(const Resources& resources, const Place& place, Warnings& warnings);
Status check_linux(const LinuxConfig& config, const Place& place, Warnings& warnings);
Status check_sysctls(const LinuxConfig& config, const Place& place);

// A warning, with its property in front.
void warn(Warnings& warnings, const Place& place, std::string_view what);

}  // namespace cove::spec
