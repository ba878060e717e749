#include "kernel/netlink/bridge_port.h"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink/links.h"

namespace cove::netlink {

Status set_hairpin(RouteSocket& socket, std::string_view name) {
  const uint8_t on = 1;
  ifinfomsg which{};
  which.ifi_index = COVE_TRY(find_link(socket, name)).index;
  Batch batch;
  MessageWriter& writer = batch.add(RTM_NEWLINK, 0, fmt::format("let {} reach itself", name));
  writer.body(which);
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_SLAVE_KIND, "bridge");
  const size_t data = writer.open(IFLA_INFO_SLAVE_DATA);
  writer.attribute(IFLA_BRPORT_MODE, std::as_bytes(std::span(&on, 1)));
  writer.close(data);
  writer.close(info);
  return socket.run(batch);
}

}  // namespace cove::netlink
