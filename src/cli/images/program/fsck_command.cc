// cove image fsck
#include <fmt/format.h>

#include <algorithm>

#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/requests.h"
#include "store/verify.h"

namespace cove::cli {

int image_fsck_command(const Invocation& invocation) {
  FsckRequest request;
  const Parsed parsed = parse_operands("image fsck", invocation, &request, 0, 0);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    store::VerifyOptions options;
    options.quick = request.quick;
    options.repair = request.repair;
    options.unpack = COVE_TRY(unpack_options());
    const std::vector<store::Finding> findings = COVE_TRY(store::verify(store, options));
    if (request.repair) COVE_TRY(store.collect(false));
    std::string text;
    for (const store::Finding& finding : findings)
      text += fmt::format("{} {}{}\n", finding.subject, finding.text, finding.mended ? "; mended" : "");
    if (text.empty()) text = "all is as it is in the index\n";
    const bool well =
        std::all_of(findings.begin(), findings.end(), [](const auto& each) { return each.mended; });
    return print(text) == 0 && well ? Status() : Status(told());
  });
}

}  // namespace cove::cli
