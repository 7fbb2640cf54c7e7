{{- define "b12.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{- define "b12.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "b12.labels" -}}
{{ include "b12.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "b12.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "b12.secret" -}}
{{- required "Set secret to the name of a Secret with B12_SECRET, B12_STORAGE_KEY, DATABASE_URL and REDIS_URL (docs/deploying.md)" .Values.secret -}}
{{- end }}

{{- define "b12.clinic" -}}
{{ toYaml .Values.clinic }}
{{- end }}

{{- /* What all pods have in common: not root, nothing writable but two folders, no word to Kubernetes. */ -}}
{{- define "b12.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "b12.container" -}}
image: {{ include "b12.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{- toYaml .Values.resources | nindent 2 }}
{{- end }}

{{- /* "telegram": whether the bot's token is given too. */ -}}
{{- define "b12.environment" -}}
{{- $secret := include "b12.secret" .root -}}
- {name: B12_CLINIC, value: /etc/b12/clinic.yml}
{{- range $name, $value := .root.Values.environment }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- $names := list "B12_SECRET" "B12_STORAGE_KEY" "DATABASE_URL" "REDIS_URL" }}
{{- if .telegram }}{{ $names = append $names "TELEGRAM_BOT_TOKEN" }}{{ end }}
{{- if eq (toString .telegram) "webhook" }}{{ $names = append $names "TELEGRAM_WEBHOOK_SECRET" }}{{ end }}
{{- range $names }}
- name: {{ . }}
  valueFrom: {secretKeyRef: {name: {{ $secret | quote }}, key: {{ . }}}}
{{- end }}
- name: B12_STAFF_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $secret | quote }}, key: B12_STAFF_PASSWORD, optional: true}}
{{- if eq (toString .telegram) "webhook" }}
- {name: TELEGRAM_WEBHOOK_URL, value: "https://{{ .root.Values.ingress.host }}/webhooks/telegram/webhook"}
{{- end }}
{{- end }}
