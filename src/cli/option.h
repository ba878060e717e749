// The description of a command's options, as constant data: parsing, help, the man page, the reference and
// the shell completions all read the same tables, so that they cannot drift apart. Nothing is built at start.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace cove::cli {

enum class Use : uint8_t {
  once,    // a second one on the same command line is an error
  repeat,  // each one adds
};

// A flag is an option without a placeholder; it takes no value, or one after "=" (--init=false). Its setter
// gets "true" or "false". The other setters get the value, never empty and without NUL bytes.
struct Option {
  std::string_view name;        // long, without "--"
  char letter = 0;              // short form; 0: none
  std::string_view alias = {};  // another long name; empty: none
  std::string_view placeholder =
      {};                 // what the value is; the lower-case words between | are offered by completion
  std::string_view help;  // a sentence or two, without a full stop at the end
  Use use = Use::once;
  Status (*set)(void* target, std::string_view value) = nullptr;

  [[nodiscard]] constexpr bool is_flag() const noexcept { return placeholder.empty(); }
};

struct OptionGroup {
  std::string_view title;
  std::span<const Option> options;
};

// What follows the options.
enum class Operands : uint8_t {
  none,
  optional,  // may follow
  several,   // may follow, with options between them
  command,   // COMMAND [ARG…]: at least one; everything from the first is the sandboxed command's
};

// Whose command line is spoken.
enum class Grammar : uint8_t {
  docker,
  runc,  // a value may begin with "-" or be empty, of an option given twice the last counts, one dash does
         // for a long name, and options may stand between the operands (not behind those of
         // Operands::command)
};

// The part of a command that the parser needs to know.
struct Syntax {
  std::string_view command;  // "run"
  std::span<const OptionGroup* const> groups;
  Operands operands = Operands::none;
  Grammar grammar = Grammar::docker;
  std::string_view program = "cove";
};

namespace detail {

template <typename Setter>
struct SetterTarget;
template <typename Target>
struct SetterTarget<Status (*)(Target&, std::string_view)> {
  using type = Target;
};
template <typename Member>
struct MemberOwner;
template <typename Owner, typename Value>
struct MemberOwner<Value Owner::*> {
  using type = Owner;
};

}  // namespace detail

// setter<&f>, for f of the form Status f(Target&, std::string_view).
template <auto Set>
Status setter(void* target, std::string_view value) {
  using Target = typename detail::SetterTarget<decltype(Set)>::type;
  return Set(*static_cast<Target*>(target), value);
}

// flag<&Target::member>, for a bool.
template <auto Member>
Status flag(void* target, std::string_view value) {
  using Target = typename detail::MemberOwner<decltype(Member)>::type;
  static_cast<Target*>(target)->*Member = value == "true";
  return {};
}

}  // namespace cove::cli
