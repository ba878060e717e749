// cove gc
#include "sandbox/gc.h"

#include "base/log.h"
#include "cli/command.h"
#include "cli/containers/context.h"
#include "network/litter.h"
#include "network/names.h"

namespace cove::cli {

int gc_command(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("gc", invocation, nullptr);
  if (parsed.exit_status) return *parsed.exit_status;
  auto collected = sandbox::collect_garbage();
  if (!collected) return fail(collected.error());
  if (const auto roots = roots_of(invocation)) {
    auto litter = network::find_litter({roots->data, roots->run}, true, log_warning);
    if (!litter) return fail(litter.error());
    const auto names = network::find_resolver_litter({roots->data, roots->run}, true);
    if (!names) return fail(names.error());
    litter->insert(litter->end(), names->begin(), names->end());
    for (const network::Litter& one : *litter) {
      if (one.failure.empty()) collected->removed.push_back(one.path);
      if (!one.failure.empty()) collected->kept.push_back(one.path + ": " + one.failure);
    }
  }
  std::string text;
  for (const std::string& directory : collected->removed) text += "removed " + directory + "\n";
  if (text.empty() && collected->kept.empty()) text = "nothing to remove\n";
  for (const std::string& kept : collected->kept) log_warning("could not remove " + kept);
  const int printed = print(text);
  return printed != 0 ? printed : static_cast<int>(!collected->kept.empty());
}

}  // namespace cove::cli
