// The options of the commands that only look, and of kill and delete.
#include <array>

#include "cli/numbers.h"
#include "cli/oci/tables.h"

namespace cove::cli::oci {
namespace {

template <typename Request>
Status set_format(Request& request, std::string_view value) {
  if (value != "table" && value != "json") return value_error("unknown format", "use table or json");
  request.format = value;
  return {};
}

Status set_interval(EventsRequest& request, std::string_view value) {
  request.interval = std::chrono::milliseconds(COVE_TRY(parse_timeout_ms(value)));
  return {};
}

Status set_bundle(SpecRequest& request, std::string_view value) {
  request.bundle = value;
  return {};
}

template <typename Request>
constexpr Option kFormat{.name = "format",
                         .letter = 'f',
                         .placeholder = "table|json",
                         .help = "What to print (default table)",
                         .set = setter<&set_format<Request>>};

constexpr std::array kDeleteTable{
    Option{.name = "force",
           .letter = 'f',
           .help = "End the container first if it runs; one that is not there is no error",
           .set = flag<&DeleteRequest::force>}};
constexpr std::array kKillTable{Option{.name = "all",
                                       .letter = 'a',
                                       .help = "Send the signal to every process in the container",
                                       .set = flag<&KillRequest::all>}};
constexpr std::array kListTable{
    kFormat<ListRequest>,
    Option{.name = "quiet", .letter = 'q', .help = "Print the ids alone", .set = flag<&ListRequest::quiet>}};
constexpr std::array kPsTable{kFormat<PsRequest>};
constexpr std::array kEventsTable{
    Option{.name = "interval",
           .placeholder = "DURATION",
           .help = "Time between two statistics (default 5s)",
           .set = setter<&set_interval>},
    Option{
        .name = "stats", .help = "Print the statistics once, and end", .set = flag<&EventsRequest::stats>}};
constexpr std::array kSpecTable{
    Option{.name = "bundle",
           .letter = 'b',
           .placeholder = "DIR",
           .help = "Where to put the file (default the working directory)",
           .set = setter<&set_bundle>},
    Option{.name = "rootless", .help = "For a caller who is not root", .set = flag<&SpecRequest::rootless>}};

}  // namespace

constexpr OptionGroup kDeleteOptions{"Options", kDeleteTable};
constexpr OptionGroup kKillOptions{"Options", kKillTable};
constexpr OptionGroup kListOptions{"Options", kListTable};
constexpr OptionGroup kPsOptions{"Options", kPsTable};
constexpr OptionGroup kEventsOptions{"Options", kEventsTable};
constexpr OptionGroup kSpecOptions{"Options", kSpecTable};

}  // namespace cove::cli::oci
