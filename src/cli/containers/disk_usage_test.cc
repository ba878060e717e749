#include "cli/containers/disk_usage.h"

#include <gtest/gtest.h>

namespace cove::cli {
namespace {

std::string row_of(const DiskUse& use) {
  const auto form =
      format::Template::parse("{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}");
  return form->execute(disk_use_row("Containers", use)).value();
}

TEST(DiskUsage, SharesAreWholePerCents) {
  EXPECT_EQ(row_of({3, 1, 3'000'000, 1'000'000, {}}), "Containers 3 1 3MB 1MB (33%)");
  EXPECT_EQ(row_of({2, 0, 36, 36, {}}), "Containers 2 0 36B 36B (100%)");
}

TEST(DiskUsage, OfNothingThereIsNoShare) {
  EXPECT_EQ(row_of({}), "Containers 0 0 0B 0B");
}

TEST(DiskUsage, EachKindHasItsTable) {
  for (const DiskKind& kind : kDiskKinds) {
    EXPECT_TRUE(format::ListFormat::parse(kind.list, {}).ok()) << kind.type;
    EXPECT_NE(kind.measure, nullptr) << kind.type;
  }
}

engine::ListedImage image_of(std::string id, std::vector<image::PublishedLayer> layers,
                             std::vector<std::string> names) {
  engine::ListedImage listed;
  listed.image.id = std::move(id);
  listed.image.created_ns = 1;
  listed.image.layers = std::move(layers);
  listed.names = std::move(names);
  return listed;
}

TEST(DiskUsage, ImagesShareLayers) {
  constexpr int64_t kHour = 3'600'000'000'000;
  const std::vector<engine::ListedImage> images{
      image_of("111111111111aaaa", {{"base", 1000}, {"top", 20}, {"top", 20}},
               {"docker.io/library/a:1", "x.example/b:2"}),
      image_of("222222222222aaaa", {{"base", 1000}, {"other", 300}}, {}),
      image_of("3", {}, {"x.example/c:3"})};
  const DiskUse idle = image_disk_use(images, {}, 2 * kHour);
  EXPECT_EQ(row_of(idle), "Containers 3 0 1.32kB 1.32kB (100%)");
  const DiskUse use = image_disk_use(images, {{"222222222222aaaa", 2}, {"", 5}}, 2 * kHour);
  EXPECT_EQ(row_of(use), "Containers 3 1 1.32kB 20B (1%)");
  const auto form = format::Template::parse(
      "{{.Repository}} {{.Tag}} {{.ID}} {{.CreatedSince}} {{.Size}} {{.SharedSize}} {{.UniqueSize}} "
      "{{.Containers}}");
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(*form->execute(use.rows[0]), "a 1 111111111111 2 hours ago 1.04kB 1kB 40B 0");
  EXPECT_EQ(*form->execute(use.rows[1]), "<none> <none> 222222222222 2 hours ago 1.3kB 1kB 300B 2");
  EXPECT_EQ(*form->execute(use.rows[2]), "x.example/c 3 3 2 hours ago 0B 0B 0B 0");
}

}  // namespace
}  // namespace cove::cli
