DROP TABLE sign_in_failures;
DROP TABLE staff_identities;
DROP TABLE staff_invitations;
DROP TABLE sessions;
DROP TABLE recovery_codes;
DROP TABLE staff_credentials;
