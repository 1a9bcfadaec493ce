//! The one table of roles and what each may do.

use crate::text_enum;

text_enum! {
    /// What somebody is at the desk.
    Role {
        /// Handles complaints.
        Agent = "agent",
        /// Leads agents: everything they do, in every team they lead.
        Lead = "lead",
        /// Watches figures and response times.
        Operations = "operations",
        /// A sales module: customer records, never a complaint's text.
        Sales = "sales",
        /// Looks at everything, and sees to the customers' right to their data.
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
        /// See and export reports, those on people's work too.
        ReadReports = "read-reports",
        /// See customer records.
        ReadCustomers = "read-customers",
        /// Create and change customer records.
        WriteCustomers = "write-customers",
        /// See the playbooks.
        ReadPlaybooks = "read-playbooks",
        /// Create, list and revoke service tokens.
        ManageTokens = "manage-tokens",
        /// See that complaints of a customer exist and where they stand, never their text.
        ReadComplaintStates = "read-complaint-states",
        /// Change complaints that any team holds, not only one's own.
        WorkAcrossTeams = "work-across-teams",
        /// See who works here, and in which teams.
        ReadStaff = "read-staff",
        /// Invite, change and deactivate people, teams and custom roles; end sessions.
        ManageStaff = "manage-staff",
        /// Take files away that were attached to complaints.
        RemoveAttachments = "remove-attachments",
        /// Search and export the audit, and check its seals.
        ReadAudit = "read-audit",
        /// Export everything held about a customer, and who read it.
        ExportPersonalData = "export-personal-data",
        /// Restrict, anonymise and erase customers; legal holds and retention rules.
        ManagePrivacy = "manage-privacy",
        /// Take back what the typing of customers has learnt.
        ManageTyping = "manage-typing",
        /// See business calendars, and what they say of the coming days.
        ReadCalendars = "read-calendars",
        /// Make and change business calendars, and import holidays.
        ManageCalendars = "manage-calendars",
        /// See policies of deadlines, and try them.
        ReadPolicies = "read-policies",
        /// Make policies of deadlines, change them, and bring them into and out of force.
        ManagePolicies = "manage-policies",
        /// Say how much of which work people take, and note when they are away.
        ManageWork = "manage-work",
        /// See the rules of routing, and try others.
        ReadRouting = "read-routing",
        /// Write rules of routing, and bring them into and out of force.
        ManageRouting = "manage-routing",
        /// See the rules on events and time and what they did, and try others.
        ReadRules = "read-rules",
        /// Write rules on events and time, and bring them into and out of force.
        ManageRules = "manage-rules",
        /// Write canned texts and macros.
        ManageTexts = "manage-texts",
        /// See corrective actions and whether they helped; end one's own.
        ReadActions = "read-actions",
        /// Make corrective actions, change and end them, link complaints, and say whether they helped.
        ManageActions = "manage-actions",
        /// See reviews of one's own calls and of those of one's teams, comment on them, and answer.
        ReadReviews = "read-reviews",
        /// Pick calls of one's teams for review, review them, and see how reviews come out.
        ReviewCalls = "review-calls",
    }
}

/// What credentials allow: a role by its name, and the permissions that are left of it after the
/// scopes of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    role: String,
    permissions: Vec<Permission>,
    /// What the role allows and the scopes of the token do not.
    left_out: Vec<Permission>,
}

impl Grant {
    /// Nothing at all.
    pub const fn none() -> Self {
        Self {
            role: String::new(),
            permissions: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Everything a built-in role may do.
    pub fn of(role: Role) -> Self {
        Self::custom(role.as_str(), role.permissions().to_vec())
    }

    /// What a role of the installation's own may do.
    pub fn custom(role: &str, permissions: Vec<Permission>) -> Self {
        Self {
            role: role.to_owned(),
            permissions,
            left_out: Vec::new(),
        }
    }

    /// What is left of it within these scopes.
    pub fn within(mut self, scopes: &[Permission]) -> Self {
        let (within, without): (Vec<_>, Vec<_>) = self.permissions.into_iter().partition(|p| scopes.contains(p));
        self.permissions = within;
        self.left_out.extend(without);
        self
    }

    /// Whether the role would allow this, and the scopes of the token do not.
    pub fn leaves_out(&self, permission: Permission) -> bool {
        self.left_out.contains(&permission)
    }

    /// The name of the role.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Every permission, in the order of the table.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// Whether it allows this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
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
                P::ReadComplaintStates,
                P::ReadStaff,
                P::ReadCalendars,
                P::ReadPolicies,
                P::ReadActions,
                P::ReadReviews,
            ],
            Self::Lead => &[
                P::ReadComplaints,
                P::LogComplaints,
                P::HandleComplaints,
                P::AssignComplaints,
                P::ReadFigures,
                P::ReadReports,
                P::ReadCustomers,
                P::WriteCustomers,
                P::ReadPlaybooks,
                P::ReadComplaintStates,
                P::ReadStaff,
                P::ManageTyping,
                P::RemoveAttachments,
                P::ReadCalendars,
                P::ReadPolicies,
                P::ManageWork,
                P::ReadRouting,
                P::ReadRules,
                P::ManageTexts,
                P::ReadActions,
                P::ManageActions,
                P::ReadReviews,
                P::ReviewCalls,
            ],
            Self::Operations => &[
                P::ReadFigures,
                P::ReadReports,
                P::ReadPlaybooks,
                P::ReadCalendars,
                P::ManageCalendars,
                P::ReadPolicies,
                P::ManagePolicies,
                P::ReadRouting,
                P::ManageRouting,
                P::ReadRules,
                P::ReadActions,
                P::ManageActions,
            ],
            Self::Sales => &[P::ReadCustomers, P::WriteCustomers, P::ReadComplaintStates],
            // Also the data-protection officer: hence the customer's right to their data.
            Self::Auditor => &[
                P::ReadComplaints,
                P::ReadFigures,
                P::ReadReports,
                P::ReadCustomers,
                P::ReadPlaybooks,
                P::ReadComplaintStates,
                P::ReadStaff,
                P::ReadAudit,
                P::ExportPersonalData,
                P::ManagePrivacy,
                P::ReadCalendars,
                P::ReadPolicies,
                P::ReadRouting,
                P::ReadRules,
                P::ReadActions,
            ],
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
    fn an_auditor_changes_nothing_but_what_the_right_of_customers_to_their_data_asks_for() {
        let others: Vec<_> = Role::Auditor
            .permissions()
            .iter()
            .filter(|permission| !permission.as_str().starts_with("read-"))
            .collect();
        assert_eq!(others, [&Permission::ExportPersonalData, &Permission::ManagePrivacy]);
    }

    #[test]
    fn scopes_only_take_away() {
        let scopes = [Permission::ReadCustomers, Permission::ManageTokens];
        let grant = Grant::of(Role::Sales).within(&scopes);
        assert_eq!(grant.permissions(), [Permission::ReadCustomers]);
    }
}
