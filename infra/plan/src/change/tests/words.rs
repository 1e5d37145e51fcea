//! CloudFormation's words.

use super::*;

#[test]
fn every_word_of_cloudformation_is_known() {
    for action in Action::ALL {
        assert_eq!(Action::from_word(action.word()), Some(action));
    }
    for replacement in Replacement::ALL {
        assert_eq!(
            Replacement::from_word(replacement.word()),
            Some(replacement)
        );
    }
    for policy in Policy::ALL {
        assert_eq!(Policy::from_word(policy.word()), Some(policy));
    }
    for recreation in Recreation::ALL {
        assert_eq!(Recreation::from_word(recreation.word()), Some(recreation));
    }
    for attribute in Attribute::ALL {
        assert_eq!(Attribute::from_word(attribute.word()), Some(attribute));
    }
    assert_eq!(Replacement::from_word("True"), Some(Replacement::Yes));
    assert_eq!(Action::from_word("modify"), None);
    let cause = Cause::new(Some("ResourceAttribute"), Some("Key.Arn"));
    assert_eq!(cause, Cause::ResourceAttribute("Key.Arn".into()));
    assert_eq!(Cause::new(None, None), Cause::Unknown);
}
