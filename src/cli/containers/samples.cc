#include "cli/containers/samples.h"

#include "sys/process.h"

namespace cove::cli {
namespace {

constexpr double kNsPerSecond = 1e9;

std::optional<uint64_t> sum(std::optional<uint64_t> first, std::optional<uint64_t> second) {
  if (!first || !second) return std::nullopt;
  return *first + *second;
}

std::optional<double> rate(std::optional<uint64_t> before, std::optional<uint64_t> now,
                           uint64_t interval_ns) {
  if (!before || !now || *now < *before || interval_ns == 0) return std::nullopt;
  return static_cast<double>(*now - *before) * kNsPerSecond / static_cast<double>(interval_ns);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Sample Sampler::sample(const engine::Container& container, std::string reference) {
  Sample sample;
  sample.reference = std::move(reference);
  sample.id = container.record.id;
  sample.name = container.record.name;
  sample.command = joined(container.record.options.command);
  sample.condition = engine::condition_of(container);
  if (!engine::is_up(sample.condition)) {
    before_.erase(sample.id);
    return sample;
  }
  const uint64_t now = sys::monotonic_nanoseconds();
  sample.usage = engine::read_usage(container);
  Before& before = before_[sample.id];
  if (before.taken_ns != 0 && before.start_time == container.state.start_time) {
    const uint64_t interval = now - before.taken_ns;
    if (before.usage.cpu_ns && sample.usage.cpu_ns)
      sample.cpu_percent = engine::cpu_percent(*before.usage.cpu_ns, *sample.usage.cpu_ns, interval);
    sample.io_rate = rate(sum(before.usage.read, before.usage.written),
                          sum(sample.usage.read, sample.usage.written), interval);
    sample.net_rate = rate(sum(before.usage.received, before.usage.sent),
                           sum(sample.usage.received, sample.usage.sent), interval);
  }
  before = {container.state.start_time, now, sample.usage};
  return sample;
}

Result<std::vector<Sample>> Sampler::take(const engine::Roots& roots, std::span<const std::string> references,
                                          bool all) {
  std::vector<Sample> samples;
  for (const std::string& reference : references) {
    const engine::Container container = COVE_TRY(engine::open_container(roots, reference, false));
    samples.push_back(sample(container, reference));
  }
  if (!references.empty()) return samples;
  for (const engine::Container& container : COVE_TRY(engine::load_all(roots))) {
    Sample taken = sample(container, container.record.id);
    if (all || engine::is_up(taken.condition)) samples.push_back(std::move(taken));
  }
  return samples;
}

}  // namespace cove::cli
