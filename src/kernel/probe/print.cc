#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/json_writer.h"
#include "kernel/probe/probe.h"

namespace cove::probe {
namespace {

constexpr int kSchemaVersion = 1;
constexpr std::array kVerdicts{Verdict::ok, Verdict::limited, Verdict::missing, Verdict::unknown};

std::array<size_t, kVerdicts.size()> count_verdicts(std::span<const Finding> findings) {
  std::array<size_t, kVerdicts.size()> counts{};
  for (const Finding& finding : findings) ++counts[static_cast<size_t>(finding.verdict)];
  return counts;
}

}  // namespace

std::string print_text(std::span<const Finding> findings) {
  std::string text;
  for (const Finding& finding : findings) {
    fmt::format_to(std::back_inserter(text), "{:<8} {}: {}\n", verdict_name(finding.verdict), finding.title,
                   finding.detail);
    if (!finding.remedy.empty())
      fmt::format_to(std::back_inserter(text), "         mend: {}\n", finding.remedy);
  }
  const auto counts = count_verdicts(findings);
  fmt::format_to(std::back_inserter(text),
                 "\n{}:", is_usable(findings) ? "cove run works here" : "cove run cannot work here");
  for (const Verdict verdict : kVerdicts) {
    fmt::format_to(std::back_inserter(text), "{} {} {}", verdict == Verdict::ok ? "" : ",",
                   counts[static_cast<size_t>(verdict)], verdict_name(verdict));
  }
  text += '\n';
  return text;
}

std::string print_json(std::span<const Finding> findings) {
  JsonWriter json;
  json.begin_object().member("schema", "cove-doctor").member("version", kSchemaVersion);
  json.member("usable", is_usable(findings));
  json.key("summary").begin_object();
  const auto counts = count_verdicts(findings);
  for (const Verdict verdict : kVerdicts)
    json.member(verdict_name(verdict), counts[static_cast<size_t>(verdict)]);
  json.end_object();
  json.key("findings").begin_array();
  for (const Finding& finding : findings) {
    json.begin_object().member("id", finding.id).member("title", finding.title);
    json.member("essential", finding.essential).member("status", verdict_name(finding.verdict));
    json.member("detail", finding.detail).key("remedy");
    if (finding.remedy.empty()) {
      json.null();
    } else {
      json.value(finding.remedy);
    }
    json.end_object();
  }
  json.end_array().end_object();
  return std::move(json).text() + "\n";
}

}  // namespace cove::probe
