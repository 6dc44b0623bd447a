#include "node/transport/reply_budget.h"

#include <algorithm>

namespace capsize::transport {
namespace {

// Of a message beside its bytes: many small replies are memory, too.
constexpr std::uint64_t kReplyOverheadBytes = 256;

std::uint64_t weight(std::string_view reply) {
  return reply.size() + kReplyOverheadBytes;
}

}  // namespace

void return_reply(void* /*bytes*/, void* lent) {
  const std::unique_ptr<LentReply> reply(static_cast<LentReply*>(lent));
  const std::uint64_t bytes = weight(reply->bytes);
  *reply->of_client -= bytes;
  *reply->of_all -= bytes;
}

std::unique_ptr<LentReply> ReplyBudget::lend(const std::string& client, std::string_view reply) {
  if (clients_.size() >= sweep_at_) forget_idle_clients();
  auto& of_client = clients_[client];
  if (!of_client) of_client = std::make_shared<BytesUnderWay>(0);
  const std::uint64_t bytes = weight(reply);
  const std::uint64_t unread = *of_client;
  if ((unread > 0 && unread + bytes > client_bytes_max_) || *all_ + bytes > bytes_max_) {
    ++dropped_;
    return nullptr;
  }
  *of_client += bytes;
  *all_ += bytes;
  return std::make_unique<LentReply>(LentReply{std::string(reply), of_client, all_});
}

void ReplyBudget::forget_idle_clients() {
  std::erase_if(clients_, [](const auto& client) { return *client.second == 0; });
  sweep_at_ = std::max<std::size_t>(1024, 2 * clients_.size());
}

}  // namespace capsize::transport
