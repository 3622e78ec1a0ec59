//! `Arbitrary`, from unstructured bytes.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{BrokenConversation, Conversation, Plan, Seed};

/// Either side, with the default plan.
fn plan(u: &mut Unstructured<'_>) -> Result<Plan> {
    Ok(if u.arbitrary()? { Plan::server() } else { Plan::client() })
}

/// All that is left.
fn seed<'a>(u: &mut Unstructured<'a>) -> Result<Seed<'a>> {
    let len = u.len();
    u.bytes(len).map(Seed::new)
}

impl<'a> Arbitrary<'a> for Conversation {
    /// By the default plan of either side, with all bytes that are left.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let plan = plan(u)?;
        Ok(Self::new(&plan, &mut seed(u)?))
    }
}

impl<'a> Arbitrary<'a> for BrokenConversation {
    /// By the default plan of either side, with all bytes that are left.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let plan = plan(u)?;
        Self::any(&plan, &mut seed(u)?).ok_or(arbitrary::Error::IncorrectFormat)
    }
}
