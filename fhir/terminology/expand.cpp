#include <algorithm>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/terminology/library.hpp"
#include "fhir/terminology/operations.hpp"
#include "fhir/terminology/text_match.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::terminology {
namespace {

/// `en` takes `en-GB`, and the other way round not.
bool speaks(std::string_view language, std::string_view wanted) {
  return same_display(language.substr(0, wanted.size()), wanted) &&
         (language.size() == wanted.size() || language[wanted.size()] == '-');
}

template <class Visit>
void each_designation(const Member& member, const Visit& visit) {
  const auto all_of = [&visit](tree::Node node) {
    for (const tree::Node designation : node.children("designation"))
      visit(designation);
  };
  all_of(member.listing);
  if (member.system == nullptr) return;
  all_of(member.system->at(member.index).node);
  for (const tree::Node more : member.system->supplements(member.index))
    all_of(more);
}

std::string_view display_in(const Member& member, std::string_view language) {
  std::string_view found;
  if (!language.empty()) {
    each_designation(member, [&](tree::Node designation) {
      if (found.empty() && speaks(designation.child("language").text(), language))
        found = designation.child("value").text();
    });
  }
  return found.empty() ? member.display() : found;
}

bool has_text(const Member& member, std::string_view filter) {
  return filter.empty() || contains_folded(member.display(), filter) || contains_folded(member.code, filter);
}

/// Collects one page and counts the rest.
class Page {
 public:
  Page(const ExpandRequest& request, std::vector<Member>& members) : request_(request), members_(members) {}
  bool take(const Member& member) {
    if (request_.active_only && member.inactive) return true;
    if (!has_text(member, request_.filter)) return true;
    const std::size_t place = total_++;
    if (place < request_.offset) return true;
    const std::size_t limit = std::min(request_.count.value_or(kMaxExpansion + 1), kMaxExpansion + 1);
    if (members_.size() < limit) members_.push_back(member);
    return true;
  }
  [[nodiscard]] std::size_t total() const noexcept { return total_; }

 private:
  const ExpandRequest& request_;
  std::vector<Member>& members_;
  std::size_t total_ = 0;
};

void write_member(tree::ResourceBuilder& out, const Member& member, const ExpandRequest& request) {
  out.open("contains").set("system", member.system_url);
  if (member.abstract) out.set("abstract", "true");
  if (member.inactive) out.set("inactive", "true");
  out.set("version", member.version).set("code", member.code);
  out.set("display", display_in(member, request.language));
  if (request.designations)
    each_designation(member, [&out](tree::Node designation) { out.copy("designation", designation); });
  out.close();
}

void write_parameter(tree::ResourceBuilder& out, std::string_view name, std::string_view type,
                     std::string_view value) {
  if (!value.empty()) out.open("parameter").set("name", name).set(type, value).close();
}

tree::TreePtr write(tree::Node value_set, const ExpandRequest& request, const std::vector<Member>& members,
                    std::size_t total) {
  tree::ResourceBuilder out(definitions::r4(), "ValueSet");
  for (const std::string_view name : {"url", "version", "name", "title", "status", "experimental"})
    out.copy(name, value_set.child(name));
  if (!value_set.child("status")) out.set("status", "active");
  out.open("expansion").set("timestamp", request.timestamp).set("total", std::to_string(total));
  if (request.offset > 0 || request.count) out.set("offset", std::to_string(request.offset));
  write_parameter(out, "filter", "valueString", request.filter);
  if (request.count) write_parameter(out, "count", "valueInteger", std::to_string(*request.count));
  if (request.active_only) write_parameter(out, "activeOnly", "valueBoolean", "true");
  write_parameter(out, "displayLanguage", "valueCode", request.language);
  for (const Member& member : members)
    write_member(out, member, request);
  out.close();
  return out.finish();
}

}  // namespace

Result<tree::TreePtr> expand(const Terminology& terms, const ExpandRequest& request) {
  const auto set =
      request.value_set ? terms.library().compile(request.value_set) : terms.library().value_set(request.url);
  if (!set) return fail(ErrorCode::kNotFound, "the value set is not known here");
  std::vector<Member> members;
  Page page(request, members);
  const Status done =
      set->enumerate([&page](const Member& member) { return page.take(member); }, kMaxMembers);
  if (!done.has_value()) {
    const ErrorCode code =
        done.error().code == ErrorCode::kUnprocessable ? ErrorCode::kUnsupported : done.error().code;
    return fail(code, done.error().detail);
  }
  if (members.size() > kMaxExpansion) {
    return fail(ErrorCode::kTooLarge, "the expansion has over " + std::to_string(kMaxExpansion) +
                                          " codes: ask with count and offset");
  }
  return write(set->resource(), request, members, page.total());
}

}  // namespace fhir::terminology
