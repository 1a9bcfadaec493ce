//! The one table of roles and what each may do.

use crate::text_enum;

text_enum! {
    /// What somebody is at the desk.
    Role {
        /// Handles complaints.
        Agent = "agent",
        /// Leads agents: everything they do, and assigning.
        Lead = "lead",
        /// Watches figures and response times.
        Operations = "operations",
        /// A sales module: customer records, never a complaint's text.
        Sales = "sales",
        /// Looks at everything, changes nothing.
        Auditor = "auditor",
        /// Everything.
        Admin = "admin",
    }
}

text_enum! {
    /// One thing that may be allowed.
    Permission {
        /// See complaints with their text, timeline, messages and call-backs.
        ReadComplaints = "read-complaints",
        /// Log complaints.
        LogComplaints = "log-complaints",
        /// Work on complaints: steps, call-backs, waiting, closing, messages.
        HandleComplaints = "handle-complaints",
        /// Give complaints to somebody.
        AssignComplaints = "assign-complaints",
        /// See how many complaints stand where.
        ReadFigures = "read-figures",
        /// See customer records.
        ReadCustomers = "read-customers",
        /// Create and change customer records.
        WriteCustomers = "write-customers",
        /// See the playbooks.
        ReadPlaybooks = "read-playbooks",
        /// Create, list and revoke service tokens.
        ManageTokens = "manage-tokens",
    }
}

impl Role {
    /// What this role may do.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Agent => &[
                P::ReadComplaints,
                P::LogComplaints,
                P::HandleComplaints,
                P::AssignComplaints,
                P::ReadFigures,
                P::ReadCustomers,
                P::WriteCustomers,
                P::ReadPlaybooks,
            ],
            Self::Lead => &[
                P::ReadComplaints,
                P::LogComplaints,
                P::HandleComplaints,
                P::AssignComplaints,
                P::ReadFigures,
                P::ReadCustomers,
                P::WriteCustomers,
                P::ReadPlaybooks,
            ],
            Self::Operations => &[P::ReadFigures, P::ReadPlaybooks],
            Self::Sales => &[P::ReadCustomers, P::WriteCustomers],
            Self::Auditor => &[P::ReadComplaints, P::ReadFigures, P::ReadCustomers, P::ReadPlaybooks],
            Self::Admin => Permission::ALL,
        }
    }

    /// Whether this role may do that.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sales_never_reads_a_complaints_text() {
        assert!(!Role::Sales.may(Permission::ReadComplaints));
    }

    #[test]
    fn only_the_administrator_manages_tokens() {
        let who: Vec<_> = Role::ALL
            .iter()
            .filter(|role| role.may(Permission::ManageTokens))
            .collect();
        assert_eq!(who, [&Role::Admin]);
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for permission in Role::Auditor.permissions() {
            assert!(permission.as_str().starts_with("read-"), "{permission}");
        }
    }
}
