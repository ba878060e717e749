// What nf_tables tells of elements and chains, and conntrack of connections: taken apart without reading past
// its end.
#include <cstddef>
#include <cstdint>

#include "kernel/nft/flow.h"
#include "kernel/nft/objects.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;
  using fuzz::require;
  netlink::Bytes rest(reinterpret_cast<const std::byte*>(data), size);
  while (true) {
    const auto message = netlink::next_message(rest);
    if (!message.ok() || !message->has_value()) return 0;
    std::vector<nft::FoundElement> elements;
    const Status parsed = nft::parse_elements(**message, elements);
    require(parsed.ok() || parsed.error().code() == ErrorCode::protocol);
    size_t bytes = 0;
    for (const nft::FoundElement& element : elements)
      bytes += element.key.size() + element.key_end.size() + element.value.size() + element.comment.size();
    require(bytes <= size);
    const auto flow = nft::parse_flow(**message);
    require(flow.ok() ? !*flow || ((*flow)->tuple.size() <= size && (*flow)->destination_port != 0)
                      : flow.error().code() == ErrorCode::protocol);
    const auto chain = nft::parse_chain(**message);
    require(chain.ok() ? !chain->table.empty() && !chain->name.empty()
                       : chain.error().code() == ErrorCode::protocol);
  }
}
