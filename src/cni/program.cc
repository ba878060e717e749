#include "cni/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/log.h"
#include "cni/chain.h"
#include "cni/plugin.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cni {
namespace {

std::optional<std::string_view> variable(std::string_view name) {
  const char* value =
      getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe): there is one thread
  if (value == nullptr) return std::nullopt;
  return std::string_view(value);
}

// chain check|add|del RUN OWNER LIST NETNS [PORT]...
Result<std::string> run_chain(std::span<char* const> words) {
  constexpr size_t kLeast = 6;
  if (words.size() < kLeast)
    return Error(ErrorCode::invalid_argument, "it is called by cove, or as a CNI plugin");
  const std::string_view verb = words[1];
  ChainPlaces places{
      words[2], std::string(variable("COVE_CNI_CONFIG_DIR").value_or("/etc/cni/net.d")),
      std::string(variable("COVE_CNI_PATH").value_or("/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni"))};
  ChainSubject subject{words[3], words[4], words[5], {}};
  for (const char* word : words.subspan(kLeast)) {
    const network::PortRequest port = COVE_TRY(network::parse_port_request(word));
    subject.ports.push_back({port.protocol, port.host, port.host_port, {}, port.port, port.count});
  }
  if (verb == "check") COVE_TRY(check_chain(places, subject.list));
  if (verb == "del") COVE_TRY(remove_chain(places, subject.owner));
  std::string text;
  if (verb != "add") return text;
  for (const std::string& address : COVE_TRY(add_chain(places, subject))) text += address + '\n';
  return text;
}

int print_chain(const Result<std::string>& result) {
  const std::string text =
      result ? *result : fmt::format("{}\n{}\n", result.error().message(), result.error().hint());
  const Status written = sys::write_all(STDOUT_FILENO, text, "standard output");
  return result && written ? 0 : 1;
}

}  // namespace

int run_program(std::span<char* const> arguments) {
  if (!sys::occupy_standard_streams()) return 1;
  if (!arguments.empty()) return print_chain(run_chain(arguments));
  std::string config;
  // A person who tries it has no configuration to give.
  if (variable("CNI_COMMAND").value_or("VERSION") != "VERSION") {
    auto text = sys::read_all(STDIN_FILENO, "standard input");
    if (text) {
      config = *std::move(text);
    } else {
      log_error(text.error());
    }
  }
  const Outcome outcome = run_plugin(&variable, config);
  const Status written = sys::write_all(STDOUT_FILENO, outcome.text, "standard output");
  return written ? outcome.status : 1;
}

}  // namespace cove::cni
