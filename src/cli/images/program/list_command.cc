// cove images, cove image ls
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/program/image_row.h"
#include "cli/images/requests.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

using format::FilterKey;
using format::Filters;

constexpr std::array kKeys{
    FilterKey{.name = "before"}, FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth},
    FilterKey{.name = "label"},  FilterKey{.name = "reference"},
    FilterKey{.name = "since"},  FilterKey{.name = "until", .kind = FilterKey::Kind::time}};

// As Go's path.Match: "*" does not cross a "/".
bool fits(const std::string& pattern, const std::string& text) {
  return ::fnmatch(pattern.c_str(), text.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
}

// A pattern is for the name as it is shown, with its tag or without.
bool name_fits(const std::string& pattern, const std::string& name) {
  Result<image::Reference> reference = image::parse_reference(name);
  if (!reference) return false;
  const std::string shown = image::familiar_name(*reference);
  const std::string whole = image::print_reference(*reference);
  reference->tag.clear();
  reference->digest.clear();
  return fits(pattern, shown) || fits(pattern, image::familiar_name(*reference)) || fits(pattern, whole) ||
         fits(pattern, image::print_repository(*reference));
}

struct Bounds {
  int64_t before = INT64_MAX;
  int64_t since = INT64_MIN;
};

Result<Bounds> find_bounds(store::Store& store, const Filters& filters) {
  Bounds bounds;
  for (const std::string_view value : filters.values("before"))
    bounds.before = COVE_TRY(store.find(value)).created_ns;
  for (const std::string_view value : filters.values("since"))
    bounds.since = COVE_TRY(store.find(value)).created_ns;
  if (const auto until = filters.time("until")) bounds.before = std::min(bounds.before, *until);
  return bounds;
}

Result<bool> chosen(const store::Store& store, const store::Image& image, const Filters& filters,
                    const Bounds& bounds) {
  if (image.created_ns >= bounds.before || image.created_ns <= bounds.since) return false;
  if (!filters.matches_truth("dangling", image.names.empty() && image.digests.empty())) return false;
  if (!filters.has("label")) return true;
  const image::Config config = COVE_TRY(store.config(image));
  const format::Labels labels(config.config.labels.begin(), config.config.labels.end());
  return filters.matches_labels(labels);
}

// A row for each name; for each pulled digest too where digests are shown and no name tells of it.
std::vector<std::string> names_of(const store::Image& image) {
  std::vector<std::string> names = image.names;
  for (const std::string& digest : image.digests) {
    const std::string repository = digest.substr(0, digest.find('@'));
    const bool known = std::any_of(image.names.begin(), image.names.end(), [&](const std::string& name) {
      return name.starts_with(repository + ":");
    });
    if (!known) names.push_back(digest);
  }
  return names;
}

Result<std::string> list_images(const Invocation& invocation, const ImagesRequest& request,
                                store::Store& store, const std::vector<std::string>& patterns) {
  const format::ListSpec& spec = request.digests ? kImageListWithDigests : kImageList;
  const format::ListFormat list = COVE_TRY(format::ListFormat::parse(spec, request.list).context("--format"));
  const ImageRowOptions options{sys::real_time_nanoseconds(), request.list.no_trunc};
  const Filters filters = COVE_TRY(Filters::parse(request.filters, kKeys, options.now).context("--filter"));
  const Bounds bounds = COVE_TRY(find_bounds(store, filters));
  std::vector<format::Value> rows;
  for (const store::Image& image : COVE_TRY(store.index().images())) {
    if (!COVE_TRY(chosen(store, image, filters, bounds))) continue;
    const size_t before = rows.size();
    for (const std::string& name : names_of(image)) {
      const auto right = [&](std::string_view pattern) { return name_fits(std::string(pattern), name); };
      if (!filters.matches("reference", right)) continue;
      if (!patterns.empty() && std::none_of(patterns.begin(), patterns.end(), right)) continue;
      // One line for an id.
      if (request.list.quiet && rows.size() > before) continue;
      rows.push_back(image_row(image, name, options));
    }
    const bool nameless = image.names.empty() && image.digests.empty();
    if (nameless && patterns.empty() && !filters.has("reference"))
      rows.push_back(image_row(image, {}, options));
  }
  return list.print(rows, screen_of(invocation));
}

int list(std::string_view command, const Invocation& invocation) {
  ImagesRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 0, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const std::vector<std::string> patterns(parsed.operands.begin(), parsed.operands.end());
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    const std::string text = COVE_TRY(list_images(invocation, request, store, patterns));
    return print(text) == 0 ? Status() : Status(told());
  });
}

}  // namespace

int images_command(const Invocation& invocation) {
  return list("images", invocation);
}

int image_list_command(const Invocation& invocation) {
  return list("image ls", invocation);
}

}  // namespace cove::cli
