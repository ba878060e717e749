// What the commands on containers have in common.
#pragma once

#include <concepts>
#include <functional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "cli/caller.h"
#include "cli/command.h"
#include "engine/roots.h"

namespace cove::cli {

// Exit status of a command on containers that failed; as docker(1). Bad usage is kExitFailure.
inline constexpr int kExitContainer = 1;

Result<engine::Roots> roots_of(const Invocation& invocation);

// Logs the error; kExitContainer.
int fail_container(const Error& error);

// `act` for each operand, whatever becomes of the others: prints the operand where it succeeded (and did not
// give false: there was nothing to do), logs the error where not. Gives the exit status. No operand at all:
// an error that names `what` ("a container").
using ActOnOperand = std::function<Result<bool>(const engine::Roots& roots, std::string_view operand)>;
int for_each_operand(const Invocation& invocation, std::string_view command, void* request,
                     const ActOnOperand& act, std::string_view what = "a container");
// The same for what always has something to do.
template <typename Act>
requires(std::same_as<std::invoke_result_t<Act, const engine::Roots&, std::string_view>,
                      Status>) int for_each_operand(const Invocation& invocation, std::string_view command,
                                                    void* request, Act act,
                                                    std::string_view what = "a container") {
  const ActOnOperand wrapped = [&](const engine::Roots& roots, std::string_view operand) -> Result<bool> {
    COVE_TRY(act(roots, operand));
    return true;
  };
  return for_each_operand(invocation, command, request, wrapped, what);
}

// The operands, `least` to `most` of them; else the exit status.
Parsed parse_operands(std::string_view command, const Invocation& invocation, void* request, size_t least,
                      size_t most);

// Logs what does not keep a command from going on.
void warn(std::string_view text);

}  // namespace cove::cli
