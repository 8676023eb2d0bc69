#include "gateway/rest/capability_statement.hpp"

#include <array>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/bars/encode.hpp"
#include "gateway/rest/answers.hpp"
#include "gateway/rest/terminology_operations.hpp"
#include "gateway/rest/validate_handler.hpp"

namespace gateway::rest {
namespace {

std::string_view search_type(fhir::search::IndexKind kind) {
  switch (kind) {
    case fhir::search::IndexKind::kToken: return "token";
    case fhir::search::IndexKind::kReference: return "reference";
    case fhir::search::IndexKind::kString: return "string";
    case fhir::search::IndexKind::kDate: return "date";
  }
  return "token";
}

void add_search_parameter(fhir::tree::ResourceBuilder& statement, std::string_view name,
                          std::string_view type) {
  statement.open("searchParam").set("name", name).set("type", type).close();
}

void add_resource(fhir::tree::ResourceBuilder& statement, std::string_view type) {
  statement.open("resource").set("type", type);
  statement.open("interaction").set("code", "read").close();
  statement.open("interaction").set("code", "search-type").close();
  if (type == "Task") statement.open("interaction").set("code", "update").close();
  statement.set("versioning", type == "Task" ? "versioned-update" : "versioned");
  statement.set("readHistory", "false").set("updateCreate", "false");
  add_search_parameter(statement, "_id", "token");
  add_search_parameter(statement, "_lastUpdated", "date");
  std::string_view last;  // rows of one parameter stand together
  for (const fhir::search::Parameter& parameter : fhir::search::parameters_of(type)) {
    if (std::exchange(last, parameter.name) == parameter.name) continue;
    add_search_parameter(statement, parameter.name, search_type(parameter.kind));
  }
  statement.close();
}

/// Resource types that are not stored here and have operations only. Rows of one type stand together.
void add_terminology(fhir::tree::ResourceBuilder& statement) {
  std::string_view open;
  for (const TerminologyOperation& operation : terminology_operations()) {
    if (open != operation.type) {
      if (!open.empty()) statement.close();
      statement.open("resource").set("type", operation.type);
      open = operation.type;
    }
    statement.open("operation").set("name", operation.name).set("definition", operation.definition).close();
  }
  statement.close();
}

}  // namespace

fhir::tree::TreePtr build_capability_statement(const config::Config& config,
                                               std::string_view software_version, fhir::Instant started) {
  fhir::tree::ResourceBuilder statement(fhir::definitions::r4(), "CapabilityStatement");
  statement.set("name", "LigamentGateway")
      .set("status", "active")
      .set("date", fhir::to_text(started))
      .set("kind", "instance");
  statement.set("fhirVersion", "4.0.1")
      .set("format", "application/fhir+json")
      .set("format", "application/fhir+xml");
  statement.open("software").set("name", "Ligament").set("version", software_version).close();
  statement.open("implementation")
      .set("description", config.installation.name)
      .set("url", config.installation.endpoint_url)
      .close();
  statement.open("rest").set("mode", "server");
  statement.open("security")
      .set("description", "Mutual TLS, or a bearer token agreed with the installation")
      .close();
  for (const fhir::tree::ChildSlot& slot : fhir::definitions::r4().types) {
    const std::string_view type = fhir::definitions::r4().name(slot.serial_name);
    if (fhir::search::is_searchable(type)) add_resource(statement, type);
  }
  add_terminology(statement);
  statement.open("operation").set("name", "process-message");
  statement.set("definition", "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message")
      .close();
  statement.open("operation").set("name", "validate").set("definition", kValidateDefinition).close();
  statement.close();
  statement.open("messaging");
  for (const std::string_view definition : {bars::kRequestDefinition, bars::kCancelDefinition}) {
    statement.open("supportedMessage").set("mode", "receiver").set("definition", definition).close();
    statement.open("supportedMessage").set("mode", "sender").set("definition", definition).close();
  }
  for (const std::string_view mode : {"receiver", "sender"}) {
    statement.open("supportedMessage").set("mode", mode).set("definition", bars::kResponseDefinition).close();
  }
  statement.close();
  return statement.finish();
}

async::awaitable<http::Response> MetadataHandler::handle(http::Request request) {
  const auto format = negotiate(request);
  if (!format) co_return refusal_answer(request, format.error());
  http::Response response = resource_answer(200, statement_->root(), *format);
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
