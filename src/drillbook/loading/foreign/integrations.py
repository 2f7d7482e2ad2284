"""What Alertmanager can tell somebody through, and the keys of each.

Source: Alertmanager 0.33, `config/notifiers.go`, `notify/*/config.go` and `config/config.go`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple


class Need(NamedTuple):
    """What an entry cannot do without: one of these keys, unless `global` has one of those."""

    keys: tuple[str, ...]
    in_global: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Integration:
    """One kind of `*_configs`: its keys, what it cannot do without, and what it is to a responder."""

    reaches: Literal["pager", "chat", "nobody"]
    keys: frozenset[str]
    needs: tuple[Need, ...]


def _integration(reaches: Literal["pager", "chat", "nobody"], keys: str, *needs: str) -> Integration:
    """Keys between spaces; of a need those in `global` stand after a bar."""
    names = frozenset((*keys.split(), "send_resolved", "http_config"))
    parts = (need.partition("|") for need in needs)
    wanted = tuple(Need(tuple(keys.split()), tuple(others.split())) for keys, _, others in parts)
    return Integration(reaches, names, wanted)


INTEGRATIONS: Mapping[str, Integration] = MappingProxyType(
    {
        "pagerduty_configs": _integration(
            "pager",
            "service_key service_key_file routing_key routing_key_file url client client_url"
            " description details images links source severity class component group timeout",
            "routing_key service_key routing_key_file service_key_file",
        ),
        "opsgenie_configs": _integration(
            "pager",
            "api_key api_key_file api_url message description source details entity responders actions"
            " tags note priority update_alerts",
            "api_key api_key_file | opsgenie_api_key opsgenie_api_key_file",
        ),
        "victorops_configs": _integration(
            "pager",
            "api_key api_key_file api_url routing_key message_type state_message entity_display_name"
            " monitoring_tool custom_fields",
            "routing_key",
            "api_key api_key_file | victorops_api_key victorops_api_key_file",
        ),
        "incidentio_configs": _integration(
            "pager",
            "url url_file alert_source_token alert_source_token_file max_alerts timeout",
            "url url_file",
        ),
        "pushover_configs": _integration(
            "pager",
            "user_key user_key_file token token_file title message url url_title device sound priority"
            " retry expire ttl html monospace",
            "user_key user_key_file",
            "token token_file",
        ),
        "slack_configs": _integration(
            "chat",
            "api_url api_url_file app_token app_token_file app_url channel username color title"
            " title_link pretext text message_text fields short_fields footer fallback callback_id"
            " icon_emoji icon_url image_url thumb_url link_names mrkdwn_in actions update_message"
            " timeout",
            "api_url api_url_file app_token app_token_file"
            " | slack_api_url slack_api_url_file slack_app_token slack_app_token_file",
        ),
        "mattermost_configs": _integration(
            "chat",
            "webhook_url webhook_url_file channel username text fallback color pretext author_name"
            " author_link author_icon title title_link fields thumb_url footer footer_icon image_url"
            " icon_url icon_emoji attachments type props priority",
            "webhook_url webhook_url_file | mattermost_webhook_url mattermost_webhook_url_file",
        ),
        "rocketchat_configs": _integration(
            "chat",
            "api_url token_id token_id_file token token_file channel color title title_link text fields"
            " short_fields emoji icon_url image_url thumb_url link_names actions",
            "token token_file | rocketchat_token rocketchat_token_file",
            "token_id token_id_file | rocketchat_token_id rocketchat_token_id_file",
        ),
        "discord_configs": _integration(
            "chat",
            "webhook_url webhook_url_file content title message username avatar_url",
            "webhook_url webhook_url_file",
        ),
        "msteams_configs": _integration(
            "chat", "webhook_url webhook_url_file title summary text", "webhook_url webhook_url_file"
        ),
        "msteamsv2_configs": _integration(
            "chat", "webhook_url webhook_url_file title text", "webhook_url webhook_url_file"
        ),
        "webex_configs": _integration("chat", "api_url message room_id", "room_id"),
        "telegram_configs": _integration(
            "chat",
            "api_url bot_token bot_token_file chat_id chat_id_file message_thread_id message"
            " disable_notifications parse_mode",
            "chat_id chat_id_file",
            "bot_token bot_token_file | telegram_bot_token telegram_bot_token_file",
        ),
        "email_configs": _integration(
            "nobody",
            "to from hello smarthost auth_username auth_password auth_password_file auth_secret"
            " auth_secret_file auth_identity headers html text require_tls tls_config force_implicit_tls"
            " threading",
            "to",
            "smarthost | smtp_smarthost",
            "from | smtp_from",
        ),
        "webhook_configs": _integration("nobody", "url url_file max_alerts timeout payload", "url url_file"),
        "wechat_configs": _integration(
            "nobody",
            "api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id"
            " message_type",
            "api_secret api_secret_file | wechat_api_secret wechat_api_secret_file",
            "corp_id | wechat_api_corp_id",
        ),
        "sns_configs": _integration(
            "nobody",
            "api_url sigv4 topic_arn phone_number target_arn subject message attributes use_aws_http_client",
            "topic_arn phone_number target_arn",
        ),
        "jira_configs": _integration(
            "nobody",
            "api_url api_type project summary description labels priority issue_type reopen_transition"
            " resolve_transition wont_fix_resolution reopen_duration fields",
            "project",
            "issue_type",
            "api_url | jira_api_url",
        ),
    }
)

_GLOBAL = """
resolve_timeout http_config jira_api_url smtp_from smtp_hello smtp_smarthost smtp_auth_username
smtp_auth_password smtp_auth_password_file smtp_auth_secret smtp_auth_secret_file smtp_auth_identity
smtp_require_tls smtp_tls_config smtp_force_implicit_tls slack_api_url slack_api_url_file
slack_app_token slack_app_token_file slack_app_url pagerduty_url opsgenie_api_url opsgenie_api_key
opsgenie_api_key_file wechat_api_url wechat_api_secret wechat_api_secret_file wechat_api_corp_id
victorops_api_url victorops_api_key victorops_api_key_file telegram_api_url telegram_bot_token
telegram_bot_token_file webex_api_url rocketchat_api_url rocketchat_token rocketchat_token_file
rocketchat_token_id rocketchat_token_id_file mattermost_webhook_url mattermost_webhook_url_file
"""
GLOBAL = frozenset(_GLOBAL.split())
"""Keys of `global`."""
